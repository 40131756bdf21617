"""Receivers of webhooks that keep a function waiting: each rests as long as it took.

So no receiver has more than half of a function's time, however much there is for it and however slowly it answers:
its messages go back to the queue untried while it rests, and those of others go on.
"""

from __future__ import annotations

from collections.abc import Callable

SLOW_SECONDS = 1.0
"""An answer that comes sooner keeps nobody waiting."""

FIRST_REST, LONGEST_REST = 5.0, 300.0
"""Seconds after a receiver said that it has too much to do, doubled each time in a row."""


class Receivers:
    """By host. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rest_until: dict[str, float] = {}
        self._throttled: dict[str, int] = {}

    def resting(self, receiver: str | None) -> float:
        """Seconds that it still rests; 0 for one that does not, and for None."""
        until = self._rest_until.get(receiver) if receiver is not None else None
        return max(0.0, until - self._clock()) if until is not None else 0.0

    def took(self, receiver: str | None, seconds: float) -> None:
        if receiver is not None and seconds >= SLOW_SECONDS:
            self._rest(receiver, seconds)

    def taken(self, receiver: str | None) -> None:
        if receiver is not None:
            self._throttled.pop(receiver, None)

    def throttled(self, receiver: str) -> float:
        """Seconds that it rests from now on."""
        times = self._throttled.get(receiver, 0)
        self._throttled[receiver] = times + 1
        rest: float = min(LONGEST_REST, FIRST_REST * 2 ** min(times, 10))
        self._rest(receiver, rest)
        return rest

    def _rest(self, receiver: str, seconds: float) -> None:
        """It goes on resting if it already does so for longer."""
        now = self._clock()
        self._rest_until = {one: until for one, until in self._rest_until.items() if until > now}
        self._rest_until[receiver] = max(now + seconds, self._rest_until.get(receiver, now))
