"""What a source shares with its senders beside its write key: the secret of identity verification, and a key pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from shared.failures import Unavailable
from shared.ports.workspaces import Secrets
from shared.stored.failing_reads import FailingReads

Found = TypeVar("Found", bytes, str)

KEPT_SECONDS = 60.0
LOOKS_APART_SECONDS = 1.0
"""A source applied a moment ago has its secrets at once, and unknown ones cost one look a second."""


class SourceSecrets:
    """Read when the first one is needed. `clock` counts seconds and never goes back."""

    def __init__(self, secrets: Secrets, clock: Callable[[], float]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._reads = FailingReads(clock)
        self._kept: dict[str, Any] | None = None
        self._looked_at = 0.0

    def identity_secret(self, source: str) -> bytes | None:
        """None when the source has none. Raises Unavailable when nothing was ever read and cannot be now."""
        return self._find(source, _identity_secret)

    def secret_access_key(self, source: str, access_key_id: str) -> str | None:
        """The secret half of the source's key pair, None when it has no such pair. Raises as above."""
        return self._find(source, lambda of_source: _secret_half(of_source, access_key_id))

    def _find(self, source: str, read: Callable[[dict[str, Any]], Found | None]) -> Found | None:
        age = self._clock() - self._looked_at
        found = self._read(source, read)
        if self._kept is not None and age < (KEPT_SECONDS if found is not None else LOOKS_APART_SECONDS):
            return found
        try:
            stored = self._reads.read(self._secrets.read)
        except Unavailable:
            if self._kept is None:
                raise
            return found
        self._looked_at = self._clock()
        sources = stored.get("sources")
        self._kept = {**(sources if isinstance(sources, dict) else {}), **_of_the_doctor(stored)}
        return self._read(source, read)

    def _read(self, source: str, read: Callable[[dict[str, Any]], Found | None]) -> Found | None:
        of_source = (self._kept or {}).get(source)
        return read(of_source) if isinstance(of_source, dict) else None


def _of_the_doctor(stored: Mapping[str, object]) -> dict[str, Any]:
    """Made of the stack's own key, where those of other sources are kept."""
    from shared import doctor  # what only signed requests and hashes of user ids need
    from shared.events import DOCTOR

    keys = doctor.keys(stored)
    if keys is None:
        return {}
    pair = {"access_key_id": keys.access_key_id, "secret_access_key": keys.secret_access_key}
    return {DOCTOR: {"key_pair": pair}}


def _identity_secret(of_source: dict[str, Any]) -> bytes | None:
    secret = of_source.get("identity_secret")
    return secret.encode() if isinstance(secret, str) and secret else None


def _secret_half(of_source: dict[str, Any], access_key_id: str) -> str | None:
    pair = of_source.get("key_pair")
    if not isinstance(pair, dict) or pair.get("access_key_id") != access_key_id:
        return None
    secret = pair.get("secret_access_key")
    return secret if isinstance(secret, str) and secret else None
