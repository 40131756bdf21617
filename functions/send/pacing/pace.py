"""A function's share of what its channel may send in a second.

The channel's rate is divided by the most functions that may send at once: each leaves as many times the gap between its
messages. One that is throttled all the same waits for longer, and doubly long each time in a row.
"""

from __future__ import annotations

from collections.abc import Callable

FIRST_HOLD, LONGEST_HOLD = 1.0, 60.0
"""Seconds without a message after one was throttled, on the average: half as many to one and a half, so that functions
which went at the same moment do not go so again. Where there is a rate the first hold is one gap."""

USED_UP_SECONDS = 300.0
"""Before a channel that may send nothing today is looked at again."""


class NoRoom(Exception):
    """There is room for the next message in so many `seconds`, which is too late for this function."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no room for {seconds:.1f} s")
        self.seconds = seconds


class Pace:
    """`rate` is of the whole channel, messages a second; None is any, 0 is none today. `clock` counts seconds,
    `jitter` is a number from 0 to 1."""

    def __init__(
        self,
        rate: Callable[[], float | None],
        *,
        functions: int,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
    ) -> None:
        self._rate = rate
        self._functions = functions
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._next = float("-inf")
        self._holds = 0

    def wait(self, at_most: float) -> None:
        """Return when a message may go. Raises NoRoom at once if that is in more than so many seconds."""
        if self._rate() == 0:
            raise NoRoom(USED_UP_SECONDS)
        left = self._next - self._clock()
        if left > at_most:
            raise NoRoom(left)
        if left > 0:
            self._sleep(left)

    def going(self) -> None:
        """A message goes to its provider now. One that is late by less than a gap does not make the next ones late."""
        gap, now = self._gap(), self._clock()
        if gap is not None:
            self._next = self._next + gap if now - self._next < gap else now + gap

    def taken(self) -> None:
        self._holds = 0

    def throttled(self) -> float:
        """Seconds until the next message may be tried."""
        gap = self._gap() or FIRST_HOLD
        hold: float = min(LONGEST_HOLD, gap * 2 ** min(self._holds, 10)) * (0.5 + self._jitter())
        self._holds += 1
        self._next = self._clock() + hold
        return hold

    def _gap(self) -> float | None:
        """Seconds between two messages of this function."""
        rate = self._rate()
        return self._functions / rate if rate else None
