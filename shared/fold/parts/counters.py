"""Counters: how often the person did what, when first and when last. 200 names, then `other`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.effects import Effect, Facts, is_timer
from shared.text.counting import number_of
from shared.times import from_milliseconds, milliseconds

name = "counters"
budget = 5_840
reads: tuple[str, ...] = ()

NAMES, NAME_BYTES = 200, 2_600
"""Names that are counted each by itself, and bytes that all of them take as JSON."""
OTHER = "other"


class Counter(NamedTuple):
    """Times in milliseconds since 1970."""

    count: int  # type: ignore[assignment]  # nobody asks a tuple how often it has something
    first_at: int
    last_at: int

    @property
    def first(self) -> datetime:
        return from_milliseconds(self.first_at)

    @property
    def last(self) -> datetime:
        return from_milliseconds(self.last_at)


class Counters(NamedTuple):
    events: dict[str, Counter]


EMPTY = Counters({})

HIGHEST_COUNT, LATEST = (1 << 32) - 1, (1 << 48) - 1
"""What is stored of a count, and of a time: they take four bytes and six at most."""


def apply(state: Counters, event: Event, facts: Facts) -> tuple[Counters, list[Effect]]:
    if is_timer(event):
        return state, []
    at = max(0, milliseconds(event.happened_at))
    return Counters(_added(state.events, event.name, 1, at, at)), []


def merge(one: Counters, other: Counters) -> Counters:
    events = one.events
    for counted, counter in other.events.items():
        events = _added(events, counted, *counter)
    return Counters(events)


def encode(state: Counters) -> bytes:
    """The names and the latest time of all; columns of the counts, of how long before that time each happened last, and
    how long before that it happened first."""
    kept = state.events.values()
    latest = min(LATEST, max((counter.last_at for counter in kept), default=0))
    counts = packing.column([min(counter.count, HIGHEST_COUNT) for counter in kept])
    lasts = packing.column([max(0, latest - counter.last_at) for counter in kept])
    firsts = packing.column([counter.last_at - counter.first_at for counter in kept])
    return packing.written((list(state.events), latest), b"".join((counts, lasts, firsts)))


def decode(data: bytes) -> Counters:
    (names, latest), numbers = packing.read(data)
    counts, end = packing.column_at(numbers, 0, len(names))
    lasts, end = packing.column_at(numbers, end, len(names))
    firsts, _ = packing.column_at(numbers, end, len(names))
    return Counters(
        {
            name: Counter(count, latest - last - first, latest - last)
            for name, count, last, first in zip(names, counts, lasts, firsts, strict=True)
        }
    )


def explain(state: Counters) -> str:
    total = sum(counter.count for counter in state.events.values())
    return f"{number_of(total, 'event')} of {number_of(len(state.events), 'name')}"


def _has_room(events: dict[str, Counter], counted: str) -> bool:
    return len(events) < NAMES and len(orjson.dumps((*events, counted))) <= NAME_BYTES


def _added(
    events: dict[str, Counter], counted: str, count: int, first_at: int, last_at: int
) -> dict[str, Counter]:
    """The counters with so many more of that name, which happened between these times."""
    under = counted if counted in events or _has_room(events, counted) else OTHER
    so_far = events.get(under)
    if so_far is None:
        return {**events, under: Counter(count, first_at, last_at)}
    so_many, first, last = so_far
    total = Counter(
        so_many + count,
        first_at if first_at < first else first,  # noqa: FURB136  `min` and `max` take longer
        last_at if last_at > last else last,  # noqa: FURB136
    )
    return {**events, under: total}
