"""What the stack's outgoing secret has for those that a channel calls: read when it is needed, kept for a minute.

`headrace apply` writes a webhook's secret before the version that names the webhook, and a receiver's may be set just
before its campaign is applied. So one that is not among those kept is looked for again: its messages would otherwise be
skipped for good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.ports.workspaces import Secrets
from shared.stored.failing_reads import FailingReads

KEPT_SECONDS = 60.0
LOOKS_APART_SECONDS = 1.0
"""Between two looks for one that has no secret, however many messages ask for it."""


class OutgoingSecrets:
    """By name, at the place in the secret that `path` leads to. `clock` counts seconds and never goes back."""

    def __init__(self, secrets: Secrets, path: Sequence[str], clock: Callable[[], float]) -> None:
        self._secrets = secrets
        self._path = path
        self._clock = clock
        self._reads = FailingReads(clock)
        self._kept: dict[str, str] = {}
        self._kept_until = float("-inf")
        self._missing_until: dict[str, float] = {}

    def of(self, name: str) -> str | None:
        """Its secret, or None when it has none. Raises Unavailable."""
        now = self._clock()
        is_missing = name not in self._kept and now >= self._missing_until.get(name, now)
        if is_missing or now >= self._kept_until:
            self._kept = _by_name(self._reads.read(self._secrets.read), self._path)
            self._kept_until = now + KEPT_SECONDS
            if name not in self._kept:
                self._missing_until[name] = now + LOOKS_APART_SECONDS
        return self._kept.get(name)


def _by_name(secret: object, path: Sequence[str]) -> dict[str, str]:
    for step in path:
        secret = secret.get(step) if isinstance(secret, dict) else None
    if not isinstance(secret, dict):
        return {}
    return {name: text for name, text in secret.items() if isinstance(text, str) and text}
