"""What follows from an event ends: after eight generations, or when it takes too much room. What is cut is named."""

from __future__ import annotations

import pytest

from shared.events import Event
from shared.fold.consequences import FROM_ONE_CAUSE, GENERATIONS
from shared.fold.effects import Ask, Consequence, Derive, Facts
from shared.fold.outbox import Derived, decision_size
from shared.fold.outcome import Cut, CutFor, Outcome
from shared.records import DEEPEST
from shared.workspace.limits import MOST_MESSAGES
from tests.fakes.folding import NOON, did
from tests.fakes.parts import Answers, run_of


def chain(length: int, *, wide: int = 1, room: int = 0) -> Outcome:
    """`Step 0` makes `Step 1` follow, and so on; each step several times over."""

    def follows(event: Event, facts: Facts) -> list[Consequence]:
        number = int(event.name.split()[1])
        said = {"room": "x" * room} if room else {}
        name = f"Step {number + 1}"
        return [Derive(name, said, NOON, f"{event.id} {n}") for n in range(wide if number < length else 0)]

    run = run_of(Answers(follows))
    run.meet(0, did("Step 0"))
    return run.outcome(None, end=1, is_tick=False)


@pytest.mark.parametrize("length", [GENERATIONS - 1, GENERATIONS, GENERATIONS + 1, 1_000])
def test_eight_generations_follow_and_what_would_be_the_ninth_is_named(length: int) -> None:
    outcome = chain(length)
    assert len(outcome.decisions.derived) == min(length, GENERATIONS)
    assert outcome.cut == ((Cut("event Step 9", CutFor.CIRCLE),) if length > GENERATIONS else ())


def test_one_event_may_make_many_follow() -> None:
    """A hundred, as when everybody at a kiosk is told to be one person."""
    outcome = chain(1, wide=100, room=80)
    assert len(outcome.decisions.derived) == 100
    assert outcome.cut == ()


@pytest.mark.parametrize("wide", [3, 500])
def test_what_follows_from_one_event_takes_no_more_room_than_a_save_has(wide: int) -> None:
    outcome = chain(1_000, wide=wide, room=100)
    size = sum(map(decision_size, outcome.decisions.derived))
    assert FROM_ONE_CAUSE - 400 < size <= FROM_ONE_CAUSE
    assert {one.why for one in outcome.cut} == {CutFor.TOO_MUCH}


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_what_fills_the_room_of_one_event_to_the_last_byte_follows_and_a_byte_more_does_not(
    over: int,
) -> None:
    bare = decision_size(Derived("Large", 0, {"room": ""}, NOON))
    large = Derive("Large", {"room": "x" * (FROM_ONE_CAUSE - bare + over)}, NOON)
    small = Derive("Small", {}, NOON, "t")
    run = run_of(Answers(lambda event, _: [large, small] if event.name == "Start" else []))
    run.meet(0, did("Start"))
    outcome = run.outcome(None, end=1, is_tick=False)
    said = [derived.name for derived in outcome.decisions.derived if isinstance(derived, Derived)]
    assert said == ([] if over > 0 else ["Large"])
    cut = [one.name for one in outcome.cut]
    assert cut == (["event Large", "event Small"] if over > 0 else ["event Small"])  # nothing overtakes


def asking(count: int, *, follow: int = 0) -> Outcome:
    """`Start` is asked for by so many campaigns, and so many by the event that follows from it."""

    def follows(event: Event, _facts: Facts) -> list[Consequence]:
        if event.name == "Start":
            return [Derive("Followed", {}, NOON), *(Ask(f"first-{n}", "push") for n in range(count))]
        return [Ask(f"second-{n}", "push") for n in range(follow)]

    run = run_of(Answers(follows), arriving=2)
    run.meet(0, did("Start"))
    run.meet(1, did("Start"))
    return run.outcome(None, end=2, is_tick=False)


@pytest.mark.parametrize("count", [MOST_MESSAGES - 1, MOST_MESSAGES, MOST_MESSAGES + 1])
def test_an_event_asks_for_so_many_messages_the_first_in_order_and_the_others_are_named(count: int) -> None:
    outcome = asking(count)
    asked = min(count, MOST_MESSAGES)
    for event in range(2):  # each event by itself
        of_event = [one.campaign for one in outcome.decisions.requests if one.event == event]
        assert of_event == [f"first-{n}" for n in range(asked)]
    cut = [Cut(f"campaign first-{n}", CutFor.TOO_MUCH) for n in range(asked, count)]
    assert outcome.cut == (*cut, *cut)
    assert len(outcome.decisions.derived) == 2  # that is known all the same


def test_what_follows_from_an_event_asks_for_what_the_event_itself_has_left() -> None:
    outcome = asking(MOST_MESSAGES - 2, follow=5)
    of_derived = [one.campaign for one in outcome.decisions.requests if one.event > 1]
    assert of_derived == ["second-0", "second-1"] * 2
    assert [one.name for one in outcome.cut] == [f"campaign second-{n}" for n in (2, 3, 4)] * 2


@pytest.mark.parametrize("depth", [DEEPEST - 1, DEEPEST, DEEPEST + 1])
def test_what_went_round_the_stream_too_often_asks_for_nothing_and_is_named(depth: int) -> None:
    run = run_of(Answers(lambda event, _: [Ask("nudge", "push"), *_once(event)]), depth=depth)
    run.meet(0, did("Start"))
    outcome = run.outcome(None, end=1, is_tick=False)
    assert len(outcome.decisions.requests) == (2 if depth < DEEPEST else 0)
    assert outcome.cut == ((Cut("campaign nudge", CutFor.CIRCLE),) * 2 if depth >= DEEPEST else ())
    assert len(outcome.decisions.derived) == 1  # what is known is said


def _once(event: Event) -> list[Consequence]:
    return [Derive("Followed", {}, NOON)] if event.name == "Start" else []
