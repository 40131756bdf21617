"""The webhooks' signing secrets: read from the stack's secret, kept for a minute."""

from __future__ import annotations

from collections.abc import Callable

from shared.ports import Secrets

KEPT_SECONDS = 60.0


class SigningSecrets:
    """`clock` counts seconds and never goes back."""

    def __init__(self, secrets: Secrets, clock: Callable[[], float]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._kept: dict[str, object] = {}
        self._read_at: float | None = None

    def of(self, webhook: str) -> str | None:
        """Its secret, or None when it has none. Raises Unavailable."""
        if self._read_at is None or self._clock() - self._read_at >= KEPT_SECONDS:
            webhooks = self._secrets.read().get("webhooks")
            self._kept = webhooks if isinstance(webhooks, dict) else {}
            self._read_at = self._clock()
        secret = self._kept.get(webhook)
        return secret if isinstance(secret, str) and secret else None
