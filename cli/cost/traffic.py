"""Traffic at a rate: requests at random moments, and whose events each has. The same seed is the same traffic.

A person is active for a session, `EVENTS_IN_SESSION` events in `SESSION_SECONDS`, so that a rate says how many are
active at a time: 909 at 100 events a second. Each is as likely as any other to be in a request. Traffic that is less
even has more of a person's events in one batch, and costs less.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

EVENTS_IN_SESSION, SESSION_SECONDS = 33, 300

People = Literal["one", "anybody"]
"""Whose events a request has: one person's, as an app sends them, or anybody's, as a server does."""


@dataclass(frozen=True, slots=True)
class Load:
    """`rate` events a second in all, `per_request` of them in each request."""

    rate: float
    per_request: int
    people: People

    @property
    def active(self) -> int:
        """People who are active at a time."""
        return max(1, round(self.rate * SESSION_SECONDS / EVENTS_IN_SESSION))


class Arriving(NamedTuple):
    """A request. `second` is when it arrives, `persons` has one number for each of its events."""

    second: float
    persons: list[int]


def requests(load: Load, seconds: float, seed: int = 1) -> Iterator[Arriving]:
    """In order of arrival, each at a moment that depends on no other (a Poisson process)."""
    draw = random.Random(seed)
    second = draw.expovariate(load.rate / load.per_request)
    while second < seconds:
        if load.people == "one":
            persons = [draw.randrange(load.active)] * load.per_request
        else:
            persons = [draw.randrange(load.active) for _ in range(load.per_request)]
        yield Arriving(second, persons)
        second += draw.expovariate(load.rate / load.per_request)
