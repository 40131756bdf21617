"""Limits the rate of timers of all shards of a round, so that the stream has room for clients' events."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Pace:
    """`ticks` counts seconds and never goes back. Nothing begins after `deadline`, a reading of it."""

    def __init__(
        self,
        per_second: int,
        deadline: float,
        *,
        ticks: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._per_second = per_second
        self._deadline = deadline
        self._ticks = ticks
        self._sleep = sleep
        self._free_at = ticks()
        self._lock = threading.Lock()

    def wait_for(self, timers: int) -> bool:
        """Wait until this many timers may be sent. Returns False if the round has no time left for them."""
        with self._lock:
            begin = max(self._ticks(), self._free_at)
            if begin >= self._deadline:
                return False
            self._free_at = begin + timers / self._per_second
        if (pause := begin - self._ticks()) > 0:
            self._sleep(pause)
        return True
