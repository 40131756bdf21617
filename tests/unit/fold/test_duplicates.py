"""Duplicates: what is sent again is recognised for a day, one by one and as a whole request; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events import Event
from shared.fold import ORDER, fold
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.parts import duplicates
from shared.fold.parts.duplicates.ring import ENTRIES, MOST_OPEN, RECORDS
from shared.fold.profile import Profile
from shared.records import Trust
from shared.workspace.model import Settings, Workspace
from tests.fakes.folding import NOON, Person, did, identified

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)
MOST = ENTRIES


def many(count: int, first: int = 0) -> list[Event]:
    return [did(id=f"e{first + n}") for n in range(count)]


def repeats(person: Person, events: list[Event], now: datetime = NOON, trust: Trust = "server") -> int:
    return len(person.does(*events, now=now, trust=trust).decisions.duplicates)


@pytest.mark.parametrize("arrived", [NOON, NOON + HOUR - MOMENT, NOON + 59 * MINUTE + timedelta(seconds=58)])
@pytest.mark.parametrize("size", [1, 2, 600])
def test_what_is_sent_again_is_recognised_for_24_hours_at_least(arrived: datetime, size: int) -> None:
    request = many(size)
    for later in (timedelta(), DAY - MOMENT, DAY):
        ann = Person()
        ann.does(*request, now=arrived)
        ann.does(did(), did(), now=arrived + later)  # old hashes are dropped when new ones come
        assert repeats(ann, request, arrived + later) == size


@pytest.mark.parametrize("size", [1, 2])
def test_what_is_sent_again_after_25_hours_is_new(size: int) -> None:
    ann, request = Person(), many(size)
    ann.does(*request)
    ann.does(did(), did(), now=NOON + 25 * HOUR)
    assert repeats(ann, request, NOON + 25 * HOUR) == 0


@pytest.mark.parametrize("newer", [1, 2])
@pytest.mark.parametrize("size", [1, 2, 600])
def test_what_is_folded_days_after_newer_arrivals_is_recognised_when_it_comes_again(
    size: int, newer: int
) -> None:
    """One shard is days behind another that has events of the same person."""
    ann, late = Person(), many(size)
    ann.does(*many(newer, first=100_000), now=NOON + 3 * DAY)
    assert repeats(ann, late, NOON) == 0
    for again in (NOON, NOON + HOUR, NOON + 3 * DAY, NOON + 4 * DAY):
        ann.does(*many(2, first=200_000 + again.day * 100 + again.hour), now=again)
        assert repeats(ann, late, again) == size


def test_a_request_refused_whole_days_after_newer_arrivals_is_judged_anew_and_then_known() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"), now=NOON + 3 * DAY)
    request = [identified(email="ann@new.example"), *many(1)]
    for _ in range(2):
        assert len(ann.does(*request, now=NOON, trust="browser").decisions.refused) == 1
    ann.does(*many(2, first=50), now=NOON + 3 * DAY)
    assert repeats(ann, request, NOON, "browser") == 1
    assert repeats(ann, request, NOON) == 1
    assert repeats(ann, request, NOON) == 2


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 100)).map(lambda drawn: (drawn[0], drawn[1] * HOUR)),
        max_size=12,
    )
)
@settings(deadline=None)
def test_in_whatever_order_arrivals_are_folded_the_last_is_known_and_cuts_make_no_difference(
    records: list[tuple[int, timedelta]],
) -> None:
    whole, cut, first = Person(), Person(), 0
    for count, after in records:
        events = many(count, first)
        first += count
        assert repeats(whole, events, NOON + after) == 0
        for event in events:
            cut.does(event, now=NOON + after)
        assert repeats(whole, events, NOON + after) == count
    assert cut.profile.states.duplicates.hours == whole.profile.states.duplicates.hours


@pytest.mark.parametrize("size", [2, MOST - 1, MOST, MOST + 1, 600, 5000])
def test_a_request_of_any_size_is_recognised_whole(size: int) -> None:
    bulk = Person()
    bulk.does(*many(size))
    for _ in range(3):
        assert repeats(bulk, many(size)) == size
    assert bulk.profile.states.counters.events["View Item"].count == size


@pytest.mark.parametrize(("others", "known"), [(MOST - 2, True), (MOST - 1, True), (MOST, False)])
def test_the_latest_512_events_are_known_one_by_one(others: int, known: bool) -> None:
    ann, first = Person(), did(id="first")
    ann.does(first)
    for event in many(others):
        ann.does(event)
    assert repeats(ann, [first]) == known


@pytest.mark.parametrize("last_comes", [NOON, NOON + HOUR])
@pytest.mark.parametrize(
    ("others", "known"),
    [(RECORDS - 2, True), (RECORDS - 1, True), (RECORDS, False)],
)
def test_the_latest_64_requests_are_known_whole(others: int, known: bool, last_comes: datetime) -> None:
    ann, first = Person(), many(9, first=100_000)
    ann.does(*first)
    for n in range(others - 1):
        ann.does(*many(9, first=n * 9))
    ann.does(*many(9, first=others * 9), now=last_comes)
    assert (repeats(ann, first) == 9) is known


def test_a_queue_of_requests_that_is_sent_again_is_known_to_the_last_event() -> None:
    phone = Person()
    requests = [many(100, first=n * 100) for n in range(20)]
    for request in requests:
        phone.does(*request)
    assert [repeats(phone, request) for request in requests] == [100] * 20


def test_events_that_come_again_in_other_company_are_known_one_by_one() -> None:
    ann = Person()
    ann.does(*many(10))
    assert ann.does(*many(3), did(), *many(3, first=7)).decisions.duplicates == (0, 1, 2, 4, 5, 6)


@pytest.mark.parametrize("refused", [1, 3, MOST_OPEN])
def test_events_that_were_refused_are_judged_anew_when_their_request_comes_again(refused: int) -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    changes = [identified(email=f"{n}@new.example") for n in range(refused)]
    request = [*many(300), *changes, *many(300, first=300)]
    assert len(ann.does(*request, trust="browser").decisions.refused) == refused

    again = ann.does(*request, trust="browser").decisions
    assert len(again.refused) == refused
    assert len(again.duplicates) == 600

    replayed = ann.does(*request, trust="server").decisions
    assert (len(replayed.refused), len(replayed.duplicates)) == (0, 600)
    assert repeats(ann, request) == len(request)


def test_a_request_of_which_more_was_refused_is_known_by_its_latest_events_only() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    changes = [identified(email=f"{n}@new.example") for n in range(MOST_OPEN + 1)]
    ann.does(*many(300), *changes, trust="browser")
    assert ann.profile.states.duplicates.records == {}
    again = ann.does(*many(300), *changes, trust="browser").decisions
    assert (len(again.refused), len(again.duplicates)) == (len(changes), 300)


def test_a_request_that_was_refused_whole_is_no_duplicate_when_it_is_replayed() -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    request = [identified(email="ann@new.example"), identified(email="ann@newer.example")]
    ann.does(*request, trust="browser")
    assert repeats(ann, request) == 0
    assert ann.profile.states.traits.values == {"email": "ann@newer.example"}


def test_events_beyond_the_days_limit_are_folded_when_they_come_again_on_the_next_day() -> None:
    ann = Person(Workspace(settings=Settings(person_events_per_day=3)))
    request = [did(at=NOON + 11 * HOUR) for _ in range(5)]
    assert ann.does(*request).decisions.unfolded == (3, 4)
    tomorrow = NOON + 13 * HOUR
    again = ann.does(*(event.model_copy(update={"received_at": tomorrow}) for event in request))
    assert (again.decisions.duplicates, again.decisions.unfolded) == ((0, 1, 2), ())


@pytest.mark.parametrize("portion", [1, 200, 5_000])
def test_a_record_that_is_folded_in_portions_is_known_as_a_whole(portion: int) -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    refused = [identified(email=f"{n}@new.example") for n in range(3)]
    request = [did(id=f"e{n}", at=NOON - n * HOUR, received_at=NOON) for n in range(600)]
    request[100:100] = refused
    for again in (False, True):
        duplicates_found, start = 0, 0
        while start < len(request):
            outcome = fold(
                ann.profile, request, Workspace(), NOON, trust="browser", start=start, portion=portion
            )
            ann.profile = replace(ann.profile, states=outcome.states)
            duplicates_found += len(outcome.decisions.duplicates)
            start = outcome.end
        assert duplicates_found == (600 if again else 0)
    [records] = ann.profile.states.duplicates.records.values()
    assert list(records.values()) == [(100, 101, 102)]


def test_two_people_whose_senders_number_from_one_lose_nothing_when_they_become_one() -> None:
    numbered = {
        user: [did(id=str(n), user_id=user, other_ids={"device": "d"}) for n in range(1, 4)]
        for user in ("u1", "u2")
    }
    ann, bea = Person(), Person(key="user:u2")
    ann.does(*numbered["u1"][:2])
    bea.does(*numbered["u2"][:2])
    alias = did("alias", type="alias", id="a", previous_id="u2")
    ann.does(alias, strangers={"user:u2": bea.profile})

    assert repeats(ann, [numbered["u1"][2], numbered["u2"][2]]) == 0
    assert ann.profile.states.counters.events["View Item"].count == 6
    for (
        sent_again
    ) in numbered.values():  # what came before they became one is known afterwards, whole or singly
        assert repeats(ann, sent_again[:2]) == 2
        assert repeats(ann, sent_again[1:]) == 2


def test_a_visitors_event_that_is_sent_again_with_a_user_id_is_known() -> None:
    """As Segment's SDK in the browser does, when the visitor has become known in between."""
    visitor, event = Person(key="anonymous:v"), did(user_id=None, anonymous_id="v")
    ann = Person()
    visitor.does(event)
    ann.does(did("identify", type="identify", anonymous_id="v"), strangers={"anonymous:v": visitor.profile})
    assert repeats(ann, [event.model_copy(update={"user_id": "u1"})]) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"id": "other"}, {"name": "other"}, {"source": "other"}, {"user_id": "other"},
        {"user_id": None, "anonymous_id": "u1"}, {"user_id": None, "other_ids": {"email": "u1"}},
    ],
)  # fmt: skip
def test_an_event_is_known_by_its_source_id_name_and_person(other: dict[str, Any]) -> None:
    ann, event = Person(), did(anonymous_id=None)
    changed = event.model_copy(update=other)
    assert repeats(ann, [event, changed]) == 0
    same = event.model_copy(
        update={"properties": {"price": 1}, "sent_at": NOON, "context": {"ip": "1.2.3.4"}}
    )
    assert repeats(ann, [same]) == 1


def test_two_people_who_become_one_remember_the_requests_of_both() -> None:
    ann, bea = Person(), Person(key="user:u2")
    ann.does(*many(600))
    bea.does(*(did(id=f"b{n}", user_id="u2") for n in range(600)))
    both = ORDER.merge(ann.profile.states, bea.profile.states)
    ann.profile = Profile("user:u1", states=both)
    assert repeats(ann, many(600)) == 600


def test_a_ring_of_before_requests_were_remembered_is_read() -> None:
    stored = b'{"key":"user:u1","states":{"duplicates":{"hours":{"498804":"AAAAAAAAAAA"}}}}'
    ring = decoded("user:u1", stored, 1).states.duplicates
    assert (ring.hours, ring.records) == ({498804: bytes(6)}, {})


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40), st.integers(0, 30)), max_size=60))
@settings(deadline=None)
def test_whatever_comes_the_ring_keeps_to_its_budget_and_survives_storage(
    requests: list[tuple[int, int, int]],
) -> None:
    ann = Person()
    ann.does(identified(email="ann@shop.example"))
    now, first = NOON, 0
    for count, refused, hours in requests:
        now += hours * HOUR
        events = [*many(count, first), *(identified(email=f"{n}@eve.example") for n in range(refused))]
        first += count
        ann.does(*events, now=now, trust="browser")
        assert repeats(ann, events, now, "browser") == count
    person = Profile("user:u1", states=ann.profile.states)
    assert decoded("user:u1", encoded(person), 0) == person
    assert len(duplicates.encode(person.states.duplicates)) <= duplicates.budget


def in_portions(person: Person, events: list[Event], portion: int, now: datetime = NOON) -> int:
    """How many of the record's events came before, folded in portions."""
    found = start = 0
    while start < len(events):
        outcome = fold(
            person.profile, events, person.workspace, now, trust="browser", start=start, portion=portion
        )
        person.profile = replace(person.profile, states=outcome.states, clock=outcome.clock)
        found, start = found + len(outcome.decisions.duplicates), outcome.end
    return found


@pytest.mark.parametrize("others", [RECORDS - 2, RECORDS - 1])
@pytest.mark.parametrize("portion", [1, 300, 10**9])
def test_portions_of_a_request_that_comes_again_forget_none_of_the_others(portion: int, others: int) -> None:
    """The ring is full: it must not take in a part of what it has as a whole."""
    ann, request = Person(), many(600, first=100_000)
    ann.does(*request)
    requests = [many(9, first=n * 9) for n in range(others)]
    for one in requests:
        ann.does(*one)
    ring = ann.profile.states.duplicates
    assert in_portions(ann, request, portion) == 600
    assert ann.profile.states.duplicates.records == ring.records
    assert [repeats(ann, one) for one in requests] == [9] * others


@settings(deadline=None)
@given(
    st.lists(st.booleans(), min_size=2, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.sampled_from([1, 120, 400]),
    st.integers(0, 3),
)
def test_a_request_that_comes_again_leaves_the_same_ring_whatever_the_portions(
    refused: list[bool], refused_again: list[bool], portion: int, hours: int
) -> None:
    """Some of it was refused the first time, and some of that is again: its events change an address, or not."""
    rings = []
    for size in (portion, 10**9):
        ann = Person()
        ann.does(identified(email="ann@shop.example").model_copy(update={"id": "first"}))
        request = [
            identified(email=f"{n}@new.example").model_copy(update={"id": f"r{n}"})
            if is_refused
            else did(id=f"r{n}")
            for n, is_refused in enumerate(refused)
        ]
        ann.does(*request, trust="browser")
        trusted = [
            event.model_copy(update={"verified": ("user",)}) if not again else event
            for event, again in zip(request, refused_again, strict=False)
        ]
        in_portions(ann, trusted, size, NOON + hours * HOUR)
        rings.append(duplicates.encode(ann.profile.states.duplicates))
    assert rings[0] == rings[1]


def test_a_request_that_begins_with_another_one_leaves_that_one_known_as_a_whole() -> None:
    ann, short = Person(), many(2)
    ann.does(*short)
    in_portions(ann, [*short, *many(600, first=10)], 1)
    in_portions(ann, many(600, first=1_000), 1)
    assert repeats(ann, short) == 2


def test_portions_in_two_hours_of_logical_time_leave_no_empty_hour() -> None:
    """The second one joins somebody whose clock is ahead."""
    visitor = Person(key="anonymous:v1")
    visitor.does(*(did(user_id=None, anonymous_id="v1") for _ in range(2)))
    events = [did(at=NOON - 5 * MINUTE), did(anonymous_id="v1", at=NOON - 5 * MINUTE)]
    records = []
    for portion in (1, 10**9):
        profile, start = Profile("user:u1"), 0
        while start < 2:
            outcome = fold(
                profile, events, Workspace(), NOON - 5 * MINUTE,
                strangers={"anonymous:v1": visitor.profile}, start=start, portion=portion,
            )  # fmt: skip
            profile, start = replace(profile, states=outcome.states, clock=outcome.clock), outcome.end
        records.append(profile.states.duplicates.records)
    assert records[0] == records[1]
    assert all(records[0].values())
