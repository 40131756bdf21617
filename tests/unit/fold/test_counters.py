"""Counters: what they keep of a person who did everything, and what was stored before."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from shared.fold.formats.envelope import decoded
from shared.fold.parts import counters
from shared.fold.parts.counters import Counter, Counters
from shared.times import milliseconds
from tests.fakes.folding import NOON, Person, did


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
def test_names_take_so_many_bytes_at_most(more: int, together: int) -> None:
    room = counters.NAME_BYTES - len(orjson.dumps(["Session Started", "a", ""]))
    ann = Person()
    ann.does(did("a"), did("x" * (room + more)))
    events = ann.profile.states.counters.events
    assert (events[counters.OTHER].count if counters.OTHER in events else 0) == together


def test_the_longest_counters_fit_their_budget() -> None:
    at, width = milliseconds(NOON.replace(year=2099)), (counters.NAME_BYTES - 1) // counters.NAMES - 3
    full = {f"{n:0{width}}": Counter(4 * 10**9, at * (n % 2), at * (n % 3)) for n in range(counters.NAMES)}
    full = {name: one._replace(first_at=min(one.first_at, one.last_at)) for name, one in full.items()}
    slice_ = Counters({**full, counters.OTHER: Counter(4 * 10**9, 0, at)})
    stored = counters.encode(slice_)
    assert counters.budget - 300 <= len(stored) <= counters.budget
    assert counters.decode(stored) == slice_


def test_counters_of_before_they_were_stored_as_lists_are_read() -> None:
    counter = {"count": 3, "first": "2026-11-21T12:00:00Z", "last": "2026-11-21T12:00:01.5Z"}
    stored = orjson.dumps({"key": "user:u1", "states": {"counters": {"events": {"Login": counter}}}})
    assert decoded("user:u1", stored, 1).states.counters.events == {
        "Login": Counter(3, milliseconds(NOON), milliseconds(NOON) + 1_500)
    }


def test_a_time_from_a_clock_that_runs_ahead_counts_from_its_arrival() -> None:
    ann = Person()
    ann.does(did(at=NOON + timedelta(hours=20), received_at=NOON))
    assert ann.profile.states.counters.events["View Item"] == Counter(
        1, milliseconds(NOON), milliseconds(NOON)
    )
