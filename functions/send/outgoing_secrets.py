"""The webhooks' signing secrets: read from the stack's outgoing secret, kept for a minute.

`headrace apply` writes a webhook's secret before the version that names the webhook. So one that is not among those
kept is looked for again: its messages would otherwise be skipped for good.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.failing_reads import FailingReads
from shared.ports.workspaces import Secrets

KEPT_SECONDS = 60.0
LOOKS_APART_SECONDS = 1.0
"""Between two looks for a webhook that has no secret, however many messages ask for it."""


class SigningSecrets:
    """`clock` counts seconds and never goes back."""

    def __init__(self, secrets: Secrets, clock: Callable[[], float]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._reads = FailingReads(clock)
        self._kept: dict[str, str] = {}
        self._kept_until = float("-inf")
        self._missing_until: dict[str, float] = {}

    def of(self, webhook: str) -> str | None:
        """Its secret, or None when it has none. Raises Unavailable."""
        now = self._clock()
        is_missing = webhook not in self._kept and now >= self._missing_until.get(webhook, now)
        if is_missing or now >= self._kept_until:
            self._kept = _by_webhook(self._reads.read(self._secrets.read).get("webhooks"))
            self._kept_until = now + KEPT_SECONDS
            if webhook not in self._kept:
                self._missing_until[webhook] = now + LOOKS_APART_SECONDS
        return self._kept.get(webhook)


def _by_webhook(webhooks: object) -> dict[str, str]:
    if not isinstance(webhooks, dict):
        return {}
    return {name: secret for name, secret in webhooks.items() if isinstance(secret, str) and secret}
