"""Identity verification: the sender's server proves, with a hash the browser only passes on, who is speaking.

`context.user_hash` is the hex HMAC-SHA256 of the user id with the source's identity secret; an alias may have
`context.previous_user_hash`, of its previous id. A wrong hash is no error: the event is not verified, and `process`
decides what it may do. Hashes are good for ever, so they are taken out of the context before it is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from shared.ports import Secrets, Unavailable

HASHES = (("user", "user_id", "user_hash"), ("previous", "previous_id", "previous_user_hash"))

KEPT_SECONDS = 60.0
LOOKS_APART_SECONDS = 1.0
"""A source applied a moment ago has its secret at once, and unknown ones cost one look a second."""


class IdentitySecrets:
    """The sources' identity secrets, read when the first hash comes. `clock` counts seconds and never goes back."""

    def __init__(self, secrets: Secrets, clock: Callable[[], float]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._kept: dict[str, bytes] | None = None
        self._looked_at = 0.0

    def of(self, source: str) -> bytes | None:
        """None when the source has none. Raises Unavailable when nothing was ever read and cannot be now."""
        age = self._clock() - self._looked_at
        if self._kept is not None and age < (KEPT_SECONDS if source in self._kept else LOOKS_APART_SECONDS):
            return self._kept.get(source)
        try:
            read = self._secrets.read()
        except Unavailable:
            if self._kept is None:
                raise
            return self._kept.get(source)
        self._looked_at = self._clock()
        self._kept = dict(_by_source(read.get("sources")))
        return self._kept.get(source)


def _by_source(sources: object) -> list[tuple[str, bytes]]:
    if not isinstance(sources, dict):
        return []
    return [
        (source, secret.encode())
        for source, of_source in sources.items()
        if isinstance(of_source, dict)
        and isinstance(secret := of_source.get("identity_secret"), str)
        and secret
    ]


def verify(fields: dict[str, Any], secret: bytes | None) -> None:
    """Say in `verified` whose hash is right, and take the hashes out of the context (a copy of it)."""
    context = dict(fields["context"])
    proved = []
    for who, id_field, hash_field in HASHES:
        claimed = context.pop(hash_field, None)
        named = fields.get(id_field)
        if (
            secret
            and isinstance(claimed, str)
            and isinstance(named, str)
            and _is_right(claimed, named, secret)
        ):
            proved.append(who)
    fields["context"] = context
    if proved:
        fields["verified"] = proved


def _is_right(claimed: str, named: str, secret: bytes) -> bool:
    expected = hmac.new(secret, named.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return hmac.compare_digest(claimed.strip().lower().encode("utf-8", "surrogatepass"), expected.encode())
