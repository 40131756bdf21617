"""The sweep's rounds: one at a time, each from where the last one ended, whatever became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.sweep import shard as sharding
from functions.sweep.shard import SETTLED
from functions.sweep.sweep import CLAIM
from shared.failures import VersionConflict
from shared.fold.profile import Changes, Profile
from shared.people.due import SHARDS, instant
from simulation.ports.faults import Died
from simulation.ports.profiles import FakeProfiles
from tests.fakes.process_stage import NOON
from tests.unit.sweep.swept import LATER, MINUTE, Swept


def test_a_round_does_nothing_while_another_one_is_at_work() -> None:
    swept = Swept()
    swept.crowd(10, 30 * MINUTE)
    swept.due.claim(LATER, LATER + CLAIM, NOON)
    assert swept.sweep.round(LATER + CLAIM - timedelta(seconds=1)) is None
    assert swept.sent == []
    assert swept.round(30 * MINUTE + CLAIM).timers == 10


def test_a_round_that_was_taken_for_dead_keeps_nothing() -> None:
    swept = Swept()
    claimed = swept.due.claim(LATER, LATER + CLAIM, NOON)
    assert claimed is not None
    swept.round(30 * MINUTE + CLAIM)
    with pytest.raises(VersionConflict):
        swept.due.save(claimed, None)


@pytest.mark.parametrize("call", range(1, 90))
def test_a_round_that_dies_is_gone_on_with(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After any call to the outside: at most the page it was at is sent again."""
    monkeypatch.setattr(sharding, "PAGE", 5)
    swept = Swept()
    crowd = swept.crowd(90, 30 * MINUTE)
    swept.faults.die_after = call
    try:
        swept.round(31 * MINUTE)
    except Died:
        swept.round(31 * MINUTE + CLAIM)
    assert set(swept.sent) == crowd
    assert len(swept.sent) <= len(crowd) + 5


@pytest.mark.parametrize("ahead", [5 * MINUTE, 24 * 60 * MINUTE])
def test_whoever_falls_due_while_a_clock_is_ahead_is_woken_once_it_is_right(ahead: timedelta) -> None:
    swept = Swept()
    swept.round(MINUTE)
    swept.round(2 * MINUTE + ahead)
    crowd = swept.crowd(20, 3 * MINUTE)
    swept.round(4 * MINUTE)
    assert set(swept.sent) == crowd


def test_a_clock_that_was_ahead_for_hours_leaves_nobody_behind() -> None:
    """Seed 1164. Whoever fell due lately is first; the second look begins with the first who is due."""
    swept = Swept()
    swept.round(MINUTE)
    for minute in range(2, 200):
        swept.round((minute + 300) * MINUTE)
    crowd = swept.crowd(24, 3 * MINUTE, every=8 * MINUTE)
    swept.round(200 * MINUTE)
    lately = set(swept.sent)
    assert {f"user:{number}" for number in range(18, 24)} <= lately
    for minute in range(201, 205):
        swept.round(minute * MINUTE)
    assert set(swept.sent) == crowd
    assert max(swept.sent.count(key) for key in lately) <= 2


def test_after_a_long_pause_the_rounds_catch_up(swept: Swept) -> None:
    swept.round(-120 * MINUTE)
    rounds = [swept.round(20 * 60 * MINUTE + n * MINUTE) for n in range(24)]
    assert [done.timers for done in rounds[:3]] == [0, 0, 2]
    assert rounds[0].behind == 21 * 60 * MINUTE
    assert rounds[23].behind == timedelta()
    assert len(swept.sent) == 2


def test_the_first_round_of_a_stack_looks_back() -> None:
    swept = Swept()
    swept.crowd(2, 25 * MINUTE)
    assert swept.round(30 * MINUTE).timers == 2


def test_the_first_round_of_a_stack_goes_back_to_whoever_is_due_soonest() -> None:
    """No round ran for an hour and a half, while people came."""
    swept = Swept()
    swept.crowd(3, 5 * MINUTE, every=30 * MINUTE)
    rounds = [swept.round(95 * MINUTE), swept.round(96 * MINUTE)]
    assert [done.timers for done in rounds] == [2, 1]
    assert rounds[0].behind == 30 * MINUTE + timedelta(milliseconds=1)
    assert rounds[1].behind == timedelta()


def test_the_first_round_of_a_stack_without_people_is_not_behind() -> None:
    swept = Swept()
    assert swept.round(10 * 60 * MINUTE).behind == timedelta()
    assert swept.faults.made.count("due.due") <= 2 * SHARDS


def test_an_ordinary_round_keeps_its_place_once() -> None:
    swept = Swept()
    swept.round(30 * MINUTE)
    swept.faults.made.clear()
    swept.round(31 * MINUTE)
    assert swept.faults.made.count("due.save") == 1
    assert swept.faults.made.count("due.due") <= 2 * SHARDS


@settings(max_examples=100, deadline=None)
@given(
    people=st.lists(
        st.tuples(
            st.integers(0, 600).map(lambda n: timedelta(seconds=n)),  # when process looked at the clock
            st.integers(0, 120).map(lambda n: timedelta(seconds=n)),  # how long its save took
            st.integers(-60, 300).map(lambda n: timedelta(seconds=n)),  # when they are due, from then on
        ),
        max_size=12,
    ),
    between=st.lists(st.integers(5, 130).map(lambda n: timedelta(seconds=n)), min_size=1, max_size=8),
    lag=st.integers(0, 170).map(lambda n: timedelta(seconds=n)),
)
def test_whenever_people_are_saved_and_rounds_come_everybody_is_sent_one_timer_in_time(
    people: list[tuple[timedelta, timedelta, timedelta]], between: list[timedelta], lag: timedelta
) -> None:
    swept = Swept()
    saves = sorted((looked + took, number) for number, (looked, took, _) in enumerate(people))
    woken: set[str] = set()
    sent_at: dict[str, timedelta] = {}
    at, turn = timedelta(), 0
    while at < timedelta(minutes=25):
        for saved, number in [one for one in saves if one[0] <= at]:
            looked, _, due = people[number]
            person = Profile(f"user:{number}", due_at=NOON + looked + due)
            swept.stage.profiles.save(Changes((person,)), at=NOON + looked)
            saves.remove((saved, number))
        before = len(swept.sent)
        swept.round(at)
        for key in swept.sent[before:]:
            sent_at.setdefault(key, at)
        for key, sent in sent_at.items():
            if key not in woken and at >= sent + lag:
                swept.wake(key)
                woken.add(key)
        at += between[turn % len(between)]
        turn += 1

    widest = max(between)
    for number, (looked, took, due) in enumerate(people):
        person_due = max(looked + due, looked)
        assert sent_at[f"user:{number}"] >= looked + due
        assert sent_at[f"user:{number}"] <= max(person_due, looked + took) + SETTLED + MINUTE + 2 * widest
    if lag + 2 * widest < SETTLED:
        assert len(swept.sent) == len(people)
    assert len(swept.sent) <= 2 * len(people)


def test_places_are_in_the_order_of_time(swept: Swept) -> None:
    profiles = FakeProfiles()
    for number in range(40):
        due_at = NOON + timedelta(milliseconds=7 * (number % 5))
        profiles.save(Changes((Profile(f"user:{number}", due_at=due_at),)), at=NOON - MINUTE)
    for shard in range(SHARDS):
        instants = [instant(due.place) for due in profiles.due_in(shard)]
        assert instants == sorted(instants)
