"""What follows from an event ends: after eight generations, or when it takes too much room. What is cut is named."""

from __future__ import annotations

import pytest

from shared.events import Event
from shared.fold.consequences import FROM_ONE_CAUSE, GENERATIONS
from shared.fold.effects import Ask, Consequence, Derive, Facts
from shared.fold.outcome import Outcome
from shared.records import DEEPEST
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
    assert outcome.cut == (("event Step 9",) if length > GENERATIONS else ())


def test_one_event_may_make_many_follow() -> None:
    outcome = chain(1, wide=500, room=100)
    assert len(outcome.decisions.derived) == 500
    assert outcome.cut == ()


def test_what_follows_from_one_event_takes_no_more_room_than_a_save_has() -> None:
    outcome = chain(1_000, wide=3, room=100)
    size = sum(len(derived.properties["room"]) for derived in outcome.decisions.derived)
    assert FROM_ONE_CAUSE / 4 < size < FROM_ONE_CAUSE
    assert set(outcome.cut) >= {"event Step 5"}


@pytest.mark.parametrize("depth", [DEEPEST - 1, DEEPEST, DEEPEST + 1])
def test_what_went_round_the_stream_too_often_asks_for_nothing_and_is_named(depth: int) -> None:
    run = run_of(Answers(lambda event, _: [Ask("nudge", "push"), *_once(event)]), depth=depth)
    run.meet(0, did("Start"))
    outcome = run.outcome(None, end=1, is_tick=False)
    assert len(outcome.decisions.requests) == (2 if depth < DEEPEST else 0)
    assert outcome.cut == (("campaign nudge",) * 2 if depth >= DEEPEST else ())
    assert len(outcome.decisions.derived) == 1  # what is known is said


def _once(event: Event) -> list[Consequence]:
    return [Derive("Followed", {}, NOON)] if event.name == "Start" else []
