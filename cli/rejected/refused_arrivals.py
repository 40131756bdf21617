"""Rejected events as they come, for `headrace tail`: the stream has only those that were accepted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from shared.ports.rejected import Rejected
from shared.rejected import RejectedEvent

LATE = timedelta(minutes=5)
"""An event that `process` refuses is listed under the time when its request came: so far back is looked again."""

MOST = 1000
"""Of one look."""


def now() -> datetime:
    return datetime.now(UTC)


class RefusedArrivals:
    """Those that come from now on, looked for every so many `seconds`: a look is eight queries."""

    def __init__(
        self,
        rejected: Rejected,
        seconds: float,
        now: Callable[[], datetime] = now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rejected = rejected
        self._seconds = seconds
        self._now = now
        self._clock = clock
        self._began = now()
        self._next_look = clock() + seconds
        self._seen: set[str] = set()

    def poll(self) -> list[RejectedEvent]:
        """What came since the last look, oldest first; nothing until it is time for another. Raises Unavailable."""
        if self._clock() < self._next_look:
            return []
        self._next_look = self._clock() + self._seconds
        found = self._rejected.latest(MOST, max(self._began, self._now() - LATE))
        new = [event for event in found if event.id not in self._seen]
        self._seen = {event.id for event in found}
        return new[::-1]
