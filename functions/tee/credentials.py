"""What is set instead of the clients' own credentials, by source: read from the outgoing secret, kept for a minute."""

from __future__ import annotations

from collections.abc import Callable

from shared.ports.workspaces import Secrets
from shared.stored.failing_reads import FailingReads
from shared.tee import Credentials

KEPT_SECONDS = 60.0


class VendorCredentials:
    """`clock` counts seconds and never goes back."""

    def __init__(self, secrets: Secrets, clock: Callable[[], float]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._reads = FailingReads(clock)
        self._kept: dict[str, object] = {}
        self._kept_until = float("-inf")

    def of(self, source: str) -> Credentials:
        """Raises Unavailable, or ValueError when the secret has something else there."""
        now = self._clock()
        if now >= self._kept_until:
            self._kept = self._reads.read(self._secrets.read)
            self._kept_until = now + KEPT_SECONDS
        return Credentials.of(self._kept, source)
