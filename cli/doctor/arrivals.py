"""The doctor's events as they arrive on the timeline, looked at once for all probes that wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from shared.people.timeline import TimelineEvent

PAUSE = 0.3
"""Seconds between two looks, however many probes wait."""


class Arrivals:
    """`read` are the person's latest events. `clock` counts seconds and never goes back."""

    def __init__(
        self,
        read: Callable[[], Iterable[TimelineEvent]],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._read = read
        self._clock = clock
        self._sleep = sleep
        self._looking = threading.Lock()
        self._seen: dict[str, TimelineEvent] = {}
        self._looked_at = -PAUSE

    def wait_for(self, event: str, seconds: float) -> TimelineEvent | None:
        """The event of that id; None when it is not there in time. Raises what reading raises."""
        deadline = self._clock() + seconds
        while True:
            with self._looking:
                if event not in self._seen and self._clock() - self._looked_at >= PAUSE:
                    self._seen |= {one.id: one for one in self._read()}
                    self._looked_at = self._clock()
                found = self._seen.get(event)
            if found is not None or self._clock() >= deadline:
                return found
            self._sleep(PAUSE)
