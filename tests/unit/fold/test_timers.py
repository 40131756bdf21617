"""Timers first: what was due before an event is folded before it, at its own instant, and may make anything follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.events import Event
from shared.fold import fold
from shared.fold import timers as loop
from shared.fold.effects import NOTHING, TIMER_DUE, Ask, Consequence, Derive, Facts, Forward, Timer
from shared.fold.outbox import Derived, Request, Woken
from shared.fold.outcome import Cut, CutFor
from shared.fold.profile import Profile
from shared.fold.timers import TimersWithoutEnd
from shared.records import DEEPEST
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON, Person, did
from tests.fakes.parts import Answers, Waits, run_of

MINUTE, IDLE = timedelta(minutes=1), timedelta(minutes=30)


def tick(at: Any) -> Event:
    return did(TIMER_DUE, type="system", source="headrace", protocol="headrace", at=at)


class Journal:
    """What was folded, and at which logical time."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, int]] = []

    def answers(self) -> Answers:
        def note(event: Event, facts: Facts) -> list[Consequence]:
            self.lines.append((event.name, (facts.now - NOON) // MINUTE))
            return []

        return Answers(note)

    def says(self, what: str) -> Any:
        def follows(facts: Facts) -> list[Consequence]:
            return [Derive(what, {}, facts.now, f"{what} {facts.now}")]

        return follows


def test_timers_are_folded_before_the_event_each_at_its_own_instant_in_the_order_of_the_parts() -> None:
    journal = Journal()
    late = Waits("late", "Start", 20 * MINUTE, journal.says("late"))
    first = Waits("first", "Start", 10 * MINUTE, journal.says("first"))
    second = Waits("second", "Start", 10 * MINUTE, journal.says("second"))
    run = run_of(journal.answers(), late, first, second, now=NOON)
    run.meet(0, did("Start"))
    run.arrival = NOON + 60 * MINUTE
    assert run.fold_timers()
    run.meet(1, did("Next", at=NOON + 60 * MINUTE))
    assert journal.lines == [("Start", 0), ("first", 10), ("second", 10), ("late", 20), ("Next", 60)]


@pytest.mark.parametrize(
    ("after", "is_folded"),
    [(10 * MINUTE - timedelta(microseconds=1), False), (10 * MINUTE, True), (11 * MINUTE, True)],
)
def test_a_timer_is_folded_from_its_instant_on(after: timedelta, *, is_folded: bool) -> None:
    journal = Journal()
    run = run_of(journal.answers(), Waits("w", "Start", 10 * MINUTE, journal.says("over")))
    run.meet(0, did("Start"))
    run.arrival = NOON + after
    run.fold_timers()
    assert (("over", 10) in journal.lines) is is_folded


def test_what_a_timer_begins_and_is_over_by_then_is_folded_before_the_event_too() -> None:
    journal = Journal()
    one = Waits("one", "Start", 10 * MINUTE, journal.says("Middle"))
    two = Waits("two", "Middle", 5 * MINUTE, journal.says("End"))
    run = run_of(journal.answers(), one, two)
    run.meet(0, did("Start"))
    run.arrival = NOON + 60 * MINUTE
    run.fold_timers()
    assert journal.lines == [("Start", 0), ("Middle", 10), ("End", 15)]


def test_logical_time_does_not_run_back_for_what_arrived_before_it() -> None:
    journal = Journal()
    run = run_of(
        journal.answers(), Waits("w", "Start", MINUTE, journal.says("over")), clock=NOON + 30 * MINUTE
    )
    run.meet(0, did("Start"))
    run.fold_timers()
    assert journal.lines == [("Start", 30)]
    run.arrival = NOON + 31 * MINUTE
    run.fold_timers()
    assert journal.lines == [("Start", 30), ("over", 31)]


def test_a_timer_may_make_events_messages_and_forwards_follow_and_knows_nothing_of_the_record() -> None:
    known: list[Facts] = []

    def follows(facts: Facts) -> list[Consequence]:
        known.append(facts)
        return [Derive("Over", {"n": 1}, facts.now), Ask("nudge", "push"), Forward()]

    run = run_of(Waits("w", "Start", 10 * MINUTE, follows), depth=3, trust="browser")
    run.meet(0, did("Start"))
    run.arrival = NOON + 60 * MINUTE
    run.fold_timers()
    decisions = run.outcome(None, end=1, is_tick=False).decisions

    woken = Woken("user:u1", "w", NOON + 10 * MINUTE, depth=4)
    assert decisions.timers == (woken,)
    assert decisions.derived == (Derived("Over", -1, {"n": 1}, NOON + 10 * MINUTE),)
    assert decisions.requests == (Request("nudge", "push", -1),)
    assert decisions.forwarded == (-1,)
    [facts] = known
    assert (facts.trust, facts.depth, facts.room.joins, facts.leads_to) == ("server", 4, 0, {})
    events = [did("Next")]
    over = decisions.with_derived(events)[1]
    assert (over.user_id, over.received_at) == ("u1", NOON + 10 * MINUTE)
    assert decisions.event_at(-1, events) == woken.event
    assert decisions.timer_behind(1, 1) == decisions.timer_behind(-1, 1) == woken
    assert decisions.timer_behind(0, 1) is None


def test_a_timers_events_are_the_same_whichever_record_folds_it() -> None:
    def said(*records: Event) -> list[str]:
        ann = Person()
        found: list[str] = []
        for record in records:
            decisions = ann.does(record).decisions
            found += [event.model_dump_json() for event in decisions.with_derived([record])[1:]]
        return [event for event in found if "Session Concluded" in event]

    begin, later = did(anonymous_id="a1"), did(at=NOON + 45 * MINUTE, anonymous_id="a1")
    swept = said(begin, tick(NOON + 31 * MINUTE), later)
    assert len(swept) == 1
    assert swept == said(begin, later) == said(begin, tick(NOON + 44 * MINUTE), later)


def test_a_tick_with_nothing_due_changes_nothing_and_says_nothing() -> None:
    ann = Person()
    ann.does(did())
    before = ann.profile
    outcome = ann.does(tick(NOON + 29 * MINUTE))
    assert not outcome.decisions.derived
    assert not outcome.decisions.timers
    assert ann.profile == before


def test_a_tick_leaves_the_time_at_the_last_timer_that_it_folded() -> None:
    ann = Person()
    ann.does(did())
    ann.does(tick(NOON + 40 * MINUTE))
    assert ann.profile.clock == NOON + IDLE


@pytest.mark.parametrize(
    ("depth", "said", "cut"),
    [(0, DEEPEST - 1, "Ping"), (1, DEEPEST - 2, "Pong"), (DEEPEST - 1, 0, "Pong"), (DEEPEST, 0, "Pong")],
)
def test_waits_that_begin_each_other_end_at_the_deepest(depth: int, said: int, cut: str) -> None:
    """Two journeys, each of which begins the other one after an hour."""
    ping = Waits("ping", "Ping", timedelta(hours=1), lambda facts: [Derive("Pong", {}, facts.now)])
    pong = Waits("pong", "Pong", timedelta(hours=1), lambda facts: [Derive("Ping", {}, facts.now)])
    run = run_of(ping, pong, depth=depth)
    run.meet(0, did("Ping"))
    run.arrival = NOON + timedelta(days=30)
    run.fold_timers()
    outcome = run.outcome(None, end=1, is_tick=False)
    assert len(outcome.decisions.derived) == said
    assert outcome.cut == (Cut(f"event {cut}", CutFor.CIRCLE),)
    assert outcome.dues == {}


@pytest.mark.parametrize("goes_on", [timedelta(), timedelta(microseconds=1)])
def test_a_part_that_is_due_for_ever_stops_its_record(
    goes_on: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "MOST_TIMERS", 100)

    class Stuck(Waits):
        def due(self, state: Any, _facts: Facts) -> Timer:
            return Timer(NOON - MINUTE if state is NOTHING else state)

        def wake(self, _state: Any, facts: Facts) -> tuple[Any, list[Consequence]]:
            return facts.now + goes_on, []

    run = run_of(Stuck("stuck", "", MINUTE, lambda _: []))
    with pytest.raises(TimersWithoutEnd, match="stuck"):
        run.fold_timers()


@pytest.mark.parametrize("count", [99, 100, 101])
def test_so_many_timers_are_folded_in_one_portion(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "MOST_TIMERS", 100)
    parts = [Waits(f"w{n}", "Start", n * MINUTE, lambda _: []) for n in range(count)]
    run = run_of(*parts)
    run.meet(0, did("Start"))
    run.arrival = NOON + timedelta(days=1)
    if count > 100:
        with pytest.raises(TimersWithoutEnd):
            run.fold_timers()
    else:
        assert run.fold_timers()


def test_who_waits_is_asked_anew_only_when_what_it_reads_has_changed() -> None:
    asked: list[int] = []

    class Counting(Waits):
        def due(self, state: Any, facts: Facts) -> Timer | None:
            asked.append(1)
            return super().due(state, facts)

    run = run_of(Counting("w", "Start", IDLE, lambda _: []), arriving=3)
    for index in range(3):
        run.fold_timers()
        run.meet(index, did("View Item"))
    assert len(asked) == 1


def test_timers_that_fill_a_portion_leave_the_event_to_the_next_one() -> None:
    run = run_of(
        *(
            Waits(f"w{n}", "Start", n * MINUTE, lambda facts: [Derive("x" * 200, {}, facts.now)])
            for n in range(1, 5)
        )
    )
    run.meet(0, did("Start"))
    run.arrival = NOON + IDLE
    assert not run.fold_timers(portion=run.decided.size + 500)
    assert len(run.decided.derived) == 2
    assert run.fold_timers(portion=10_000)
    assert len(run.decided.derived) == 4


def test_a_person_is_due_when_the_first_part_is_and_events_move_that_only_earlier() -> None:
    outcome = fold(Profile("user:u1", due_at=NOON + MINUTE), [did()], Workspace(), NOON)
    assert outcome.due_at == NOON + MINUTE
    assert outcome.dues == {"sessions": NOON + IDLE}
    passed = fold(Profile("user:u1", due_at=NOON - MINUTE), [did()], Workspace(), NOON)
    assert passed.due_at == NOON + IDLE
