"""Receivers, of webhooks and the like, that keep a function waiting: each rests as long as it took.

So no receiver has more than half of a function's time, however much there is for it and however slowly it answers.
Its messages go back to the queue untried while it rests, and those of others go on. Each is given a time of its own to
come again: all at once they would find it resting again after the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SLOW_SECONDS = 1.0
"""An answer that comes sooner keeps nobody waiting."""

FIRST_REST, LONGEST_REST = 5.0, 300.0
"""Seconds after a receiver said that it has too much to do, doubled each time in a row."""

LONGEST_TURN = 1800.0
"""No message is sent back for longer than that: others may need less time than we think."""


@dataclass(slots=True)
class _Rest:
    """Seconds of the clock: when it is over, and the next turn that nobody was given; how far turns are apart."""

    until: float
    next_turn: float
    apart: float


class Receivers:
    """By host, or by whatever name their channel has for them. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rests: dict[str, _Rest] = {}
        self._throttled: dict[str, int] = {}

    def turn(self, receiver: str | None) -> float:
        """0 when the receiver does not rest, or is None. Otherwise in how many seconds the message may try again."""
        rest = self._rests.get(receiver) if receiver is not None else None
        if rest is None or rest.until <= self._clock():
            return 0.0
        turn = rest.next_turn
        rest.next_turn += rest.apart
        return min(LONGEST_TURN, turn - self._clock())

    def took(self, receiver: str | None, seconds: float) -> None:
        if receiver is not None and seconds >= SLOW_SECONDS:
            self._rest(receiver, seconds, apart=2 * seconds + SLOW_SECONDS)

    def taken(self, receiver: str | None) -> None:
        if receiver is not None:
            self._throttled.pop(receiver, None)

    def throttled(self, receiver: str, at_least: float = 0.0) -> float:
        """Seconds that it rests from now on: `at_least` those it asked for, up to `LONGEST_TURN`."""
        times = self._throttled.get(receiver, 0)
        self._throttled[receiver] = times + 1
        ours = min(LONGEST_REST, FIRST_REST * 2 ** min(times, 10))
        rest: float = max(ours, min(LONGEST_TURN, at_least))
        self._rest(receiver, rest, apart=SLOW_SECONDS)
        return rest

    def _rest(self, receiver: str, seconds: float, *, apart: float) -> None:
        """It goes on resting if it already does so for longer, and keeps the turns that were given."""
        now = self._clock()
        self._rests = {
            one: rest for one, rest in self._rests.items() if max(rest.until, rest.next_turn) > now
        }
        before = self._rests.get(receiver, _Rest(now, now, apart))
        until = max(before.until, now + seconds)
        self._rests[receiver] = _Rest(until, max(before.next_turn, until), apart)
