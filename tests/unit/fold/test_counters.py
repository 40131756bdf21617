"""Counters: what they keep of a person who did everything, and what was stored before."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from pydantic import TypeAdapter

from shared.fold.parts import counters
from shared.fold.parts.counters import Counter, Counters
from shared.fold.profile import decoded
from tests.fakes.folding import NOON, Person, did

STORED = TypeAdapter(Counters)


@pytest.mark.parametrize(
    ("names", "together"), [(counters.NAMES - 2, 0), (counters.NAMES - 1, 0), (counters.NAMES, 1)]
)
def test_two_hundred_names_are_counted_each_and_one_more_as_other(names: int, together: int) -> None:
    ann = Person()
    ann.does(*(did(f"Event {n}") for n in range(names)))  # and Session Started
    events = ann.profile.states.counters.events
    assert (events[counters.OTHER].count if counters.OTHER in events else 0) == together
    assert sum(counter.count for counter in events.values()) == names + 1


@pytest.mark.parametrize(("more", "together"), [(-1, 0), (0, 0), (1, 1)])
def test_names_take_five_kilobytes_at_most(more: int, together: int) -> None:
    room = counters.NAME_BYTES - len("Session Started") - len("a")
    ann = Person()
    ann.does(did("a"), did("x" * (room + more)))
    events = ann.profile.states.counters.events
    assert (events[counters.OTHER].count if counters.OTHER in events else 0) == together


def test_the_longest_counters_fit_their_budget() -> None:
    at, width = NOON.replace(year=2099, microsecond=123_456), counters.NAME_BYTES // counters.NAMES
    full = {f"{n:0{width}}": Counter(10**8, at, at) for n in range(counters.NAMES)}
    slice_ = Counters({**full, counters.OTHER: Counter(10**8, at, at)})
    stored = STORED.dump_json(slice_)
    assert len(stored) <= counters.budget
    assert STORED.validate_json(stored) == slice_


def test_counters_of_before_they_were_stored_as_lists_are_read() -> None:
    counter = {"count": 3, "first": "2026-11-21T12:00:00Z", "last": "2026-11-21T12:00:01.5Z"}
    stored = orjson.dumps({"key": "user:u1", "states": {"counters": {"events": {"Login": counter}}}})
    assert decoded(stored, 1).states.counters.events == {
        "Login": Counter(3, NOON, NOON + timedelta(seconds=1.5))
    }


def test_a_time_from_a_clock_that_runs_ahead_counts_from_its_arrival() -> None:
    ann = Person()
    ann.does(did(at=NOON + timedelta(hours=20), received_at=NOON))
    assert ann.profile.states.counters.events["View Item"] == Counter(1, NOON, NOON)
