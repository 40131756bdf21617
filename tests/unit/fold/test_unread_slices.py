"""A version that is gone back to keeps what a newer one remembers, and its timers, though it reads neither."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

import shared.fold as folding
from shared.events import Event
from shared.fold.effects import TIMER_DUE, Derive, Effect, Facts, Timer
from shared.fold.formats.compression import compressed, decompressed
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.parts import place
from shared.fold.state import AGAIN, AT_LAST, REMEMBERING, Stored
from tests.fakes.folding import NOON, Person, did

HOUR = timedelta(hours=1)


def _apply(state: list[str], event: Event, facts: Facts) -> tuple[list[str], list[Effect]]:
    return ([*state, event.id], []) if event.name == "Stamp" else (state, [])


def _due(state: list[str], facts: Facts) -> Timer | None:
    return Timer(NOON + HOUR) if state and state[-1] != "expired" else None


def _wake(state: list[str], facts: Facts) -> tuple[list[str], list[Derive]]:
    return [*state, "expired"], [Derive("Stamps Expired", {"stamps": state}, facts.now)]


STAMPS: Any = SimpleNamespace(
    name="stamps",
    budget=100,
    reads=(),
    EMPTY=[],
    encode=orjson.dumps,
    decode=orjson.loads,
    apply=_apply,
    merge=lambda one, other: [*one, *other],
    explain=lambda state: f"{len(state)} stamps",
    due=_due,
    wake=_wake,
)
"""A part that the next release will have: it remembers each Stamp, and says an hour later that they have expired."""


@contextmanager
def the_next_release() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(REMEMBERING, STAMPS.name, STAMPS)
        order = folding.ORDER
        patch.setattr(
            folding, "ORDER", replace(order, parts=(*order.parts, STAMPS), waiting=(*order.waiting, STAMPS))
        )
        yield


def saved(person: Person) -> None:
    """As it comes out of the table again."""
    data = compressed(encoded(person.profile))
    person.profile = decoded(person.profile.key, decompressed(data), person.profile.version + 1)


def timer(at: datetime) -> Event:
    return did(TIMER_DUE, type="system", source="headrace", protocol="headrace", at=at)


def stamped(key: str = "user:u1", **who: Any) -> Person:
    person = Person(key=key)
    with the_next_release():
        person.does(did("Stamp", id=f"stamp-of-{key}", **who))
        data = encoded(person.profile)
    person.profile = decoded(key, data, 1)
    return person


def stamps(person: Person) -> list[str]:
    with the_next_release():
        found: list[str] = decoded(person.profile.key, encoded(person.profile), 1).states.stamps
    return found


def test_a_slice_and_its_timer_outlast_a_version_that_knows_neither() -> None:
    ann = stamped()
    saved(ann)
    assert [(slice_.name, slice_.due) for slice_ in ann.profile.states.unread] == [("stamps", NOON + HOUR)]

    for minutes in (10, 20, 90, 200):
        ann.does(did("Search", at=NOON + timedelta(minutes=minutes)))
        saved(ann)
    ann.does(timer(NOON + 4 * HOUR))
    saved(ann)
    assert "Stamps Expired" not in [name for name, _ in ann.said]

    with the_next_release():
        saved(ann)
        ann.does(did("Search", at=NOON + 5 * HOUR))
        saved(ann)
    assert ("Stamps Expired", {"stamps": ["stamp-of-user:u1"]}) in ann.said
    assert stamps(ann) == ["stamp-of-user:u1", "expired"]


def test_what_no_part_reads_is_written_back_byte_for_byte() -> None:
    ann = stamped()
    saved(ann)
    before = ann.profile.states.unread
    ann.does(did("Search", at=NOON + HOUR / 2), did("identify", type="identify", traits={"plan": "gold"}))
    saved(ann)
    assert ann.profile.states.unread == before


def test_of_two_people_who_become_one_meanwhile_both_slices_are_kept_and_merged_in_order() -> None:
    ann, visitor = stamped(), stamped("anonymous:a1", user_id=None, anonymous_id="a1")
    for person in (ann, visitor):
        saved(person)

    ann.does(
        did("Search", anonymous_id="a1", at=NOON + HOUR / 4), strangers={"anonymous:a1": visitor.profile}
    )
    saved(ann)
    ann.does(did("Search", at=NOON + HOUR / 2))
    saved(ann)

    assert [slice_.name for slice_ in ann.profile.states.unread] == ["stamps", "stamps"]
    assert stamps(ann) == ["stamp-of-user:u1", "stamp-of-anonymous:a1"]
    with the_next_release():
        saved(ann)
        ann.does(did("Stamp", id="later", at=NOON + HOUR / 2))
        saved(ann)
        assert [slice_.name for slice_ in ann.profile.states.slices()].count("stamps") == 1
    assert stamps(ann) == ["stamp-of-user:u1", "stamp-of-anonymous:a1", "later"]


def test_a_timer_that_cannot_be_read_comes_up_again_and_again_but_not_for_ever_every_minute() -> None:
    """For as long again as it is overdue: whoever can read it finds it at most twice as late."""
    ann = stamped()
    saved(ann)
    ticks: list[datetime] = []
    while ann.profile.due_at is not None and ann.profile.due_at < NOON + timedelta(days=7):
        ticks.append(ann.profile.due_at)
        assert len(ticks) < 20
        ann.does(timer(ticks[-1]))
        saved(ann)

    overdue = [tick for tick in ticks if tick > NOON + HOUR]
    assert overdue[0] == NOON + HOUR + AGAIN
    for tick, following in pairwise(overdue):
        assert following - tick == min(tick - (NOON + HOUR), AT_LAST)
    assert overdue[-1] > NOON + timedelta(days=5)


def test_an_event_does_not_put_off_a_timer_that_cannot_be_read() -> None:
    ann = stamped()
    saved(ann)
    ann.does(did("Search", at=NOON + HOUR / 2))
    assert ann.profile.due_at is not None
    assert ann.profile.due_at <= NOON + HOUR


def test_a_slice_of_format_2_that_is_not_asked_for_is_not_read() -> None:
    ann = stamped()
    broken = [
        Stored(slice_.name, b"?" if slice_.name == "utm" else slice_.data, slice_.due)
        for slice_ in (*ann.profile.states.slices(), Stored("utm", b""))
    ]
    states = type(ann.profile.states).stored(broken)
    ann.profile = replace(ann.profile, states=states)
    saved(ann)
    assert Stored("utm", b"?") in ann.profile.states.slices()


class Waiting:
    """A part of today that only the next release lets wait: for five hours after what was said last."""

    def __getattr__(self, name: str) -> Any:
        return getattr(place, name)

    def due(self, state: Any, _facts: Facts) -> Timer | None:
        return Timer(state.timezone.at + 5 * HOUR) if state.timezone is not None else None

    def wake(self, _state: Any, facts: Facts) -> tuple[Any, list[Derive]]:
        return place.EMPTY, [Derive("Zone Stale", {}, facts.now)]


@contextmanager
def the_release_in_which_places_wait() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        order: Any = folding.ORDER
        waiting: Any = Waiting()
        parts, selective = (
            tuple(waiting if part is place else part for part in some)
            for some in (order.parts, order.selective)
        )
        changed = replace(order, parts=parts, selective=selective, waiting=(*order.waiting, waiting))
        patch.setattr(folding, "ORDER", changed)
        yield


def zoned(at: datetime = NOON, key: str = "user:u1", **who: Any) -> Person:
    person = Person(key=key)
    with the_release_in_which_places_wait():
        person.does(did(at=at, context={"timezone": "Europe/Berlin"}, **who))
    saved(person)
    return person


@pytest.mark.parametrize("meanwhile", [timer(NOON + HOUR), did("Search", at=NOON + HOUR)])
def test_a_timer_of_a_part_that_does_not_wait_in_this_version_outlasts_it(meanwhile: Event) -> None:
    ann = zoned()
    ann.does(meanwhile)
    saved(ann)
    assert ann.profile.states.dues["place"] == NOON + 5 * HOUR
    ann.does(timer(NOON + 2 * HOUR))
    saved(ann)
    assert ann.profile.due_at == NOON + 5 * HOUR
    with the_release_in_which_places_wait():
        ann.does(timer(NOON + 5 * HOUR))
    assert [name for name, _ in ann.said] == ["Zone Stale"]
    assert "place" not in ann.profile.states.dues


def test_a_timer_that_this_version_cannot_fold_does_not_come_up_every_minute() -> None:
    ann, ticks = zoned(), list[datetime]()
    while ann.profile.due_at is not None and ann.profile.due_at < NOON + timedelta(days=7):
        ticks.append(ann.profile.due_at)
        assert len(ticks) < 20
        ann.does(timer(ticks[-1]))
        saved(ann)
    assert NOON + 5 * HOUR in ticks
    assert ticks[-1] > NOON + timedelta(days=5)


@pytest.mark.parametrize("visitor_first", [False, True])
def test_of_two_people_who_become_one_the_earlier_time_of_such_a_part_is_kept(visitor_first: bool) -> None:
    first, second = NOON - HOUR / 4, NOON
    ann = zoned(second if visitor_first else first)
    visitor = zoned(first if visitor_first else second, "anonymous:a1", user_id=None, anonymous_id="a1")
    at = NOON + HOUR / 4
    ann.does(did("Search", anonymous_id="a1", at=at), strangers={"anonymous:a1": visitor.profile})
    saved(ann)
    assert ann.profile.states.dues["place"] == first + 5 * HOUR
