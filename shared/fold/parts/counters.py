"""Counters: how often the person did what, when first and when last. 200 names, then `other`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from shared.events import Event
from shared.fold.effects import Effect, Facts, is_timer
from shared.text.counting import number_of
from shared.times import UtcDatetime, from_microseconds, microseconds

name = "counters"
budget = 15 * 1024
reads: tuple[str, ...] = ()

NAMES, NAME_BYTES = 200, 5 * 1024
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Counter:
    count: int
    first: UtcDatetime
    last: UtcDatetime


def _from_json(stored: object) -> object:
    """A counter from the list that `_to_json` makes; from an object, as they were stored before, by its fields."""
    if not isinstance(stored, list):
        return stored
    count, first, last = stored
    return Counter(count, from_microseconds(first), from_microseconds(last))


def _to_json(counter: Counter) -> tuple[int, int, int]:
    return counter.count, microseconds(counter.first), microseconds(counter.last)


Stored = Annotated[
    Counter,
    BeforeValidator(_from_json),
    PlainSerializer(_to_json, return_type=tuple[int, int, int], when_used="json"),
]
"""A counter, written to JSON as a short list: a person may have 201 of them."""


@dataclass(frozen=True, slots=True)
class Counters:
    events: dict[str, Stored] = field(default_factory=dict)


def apply(state: Counters, event: Event, facts: Facts) -> tuple[Counters, list[Effect]]:
    if is_timer(event):
        return state, []
    once = Counter(1, event.happened_at, event.happened_at)
    return Counters(_added(state.events, event.name, once)), []


def merge(one: Counters, other: Counters) -> Counters:
    events = one.events
    for counted, counter in other.events.items():
        events = _added(events, counted, counter)
    return Counters(events)


def explain(state: Counters) -> str:
    total = sum(counter.count for counter in state.events.values())
    return f"{number_of(total, 'event')} of {number_of(len(state.events), 'name')}"


def _has_room(events: dict[str, Counter], counted: str) -> bool:
    return len(events) < NAMES and sum(len(name.encode()) for name in (*events, counted)) <= NAME_BYTES


def _added(events: dict[str, Counter], counted: str, more: Counter) -> dict[str, Counter]:
    under = counted if counted in events or _has_room(events, counted) else OTHER
    so_far = events.get(under)
    if so_far is None:
        return {**events, under: more}
    total = Counter(so_far.count + more.count, min(so_far.first, more.first), max(so_far.last, more.last))
    return {**events, under: total}
