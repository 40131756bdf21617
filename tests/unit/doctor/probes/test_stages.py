"""Profiles, the stream, the stages behind it and the lake: each seen failing when its cause is planted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cli.doctor import stages
from cli.doctor.finding import State
from shared.fold.profile import Profile
from shared.ports.queries import QueryFailed
from tests.fakes.examined_stack import PERSON_KEY, ExaminedStack, examination
from tests.unit.doctor.probes.planted import everything_found, found_by


def test_a_profile_that_lost_its_counters_is_found() -> None:
    stack = ExaminedStack()
    with examination(stack) as examined:
        found = stages.profile(replace(examined, person=lambda: Profile(PERSON_KEY)))
    assert (found.state, "does not count" in found.detail) == (State.BROKEN, True)


@pytest.mark.parametrize(("seconds", "state"), [(60.0, State.OK), (60.1, State.ATTENTION)])
def test_a_slow_stream_wants_attention(seconds: float, state: State) -> None:
    ticks = iter([0.0, seconds])
    stack = ExaminedStack()
    with examination(stack, clock=lambda: next(ticks)) as examined:
        assert stages.profile(examined).state is state


@pytest.mark.parametrize("plant", ["sending", "archiving"])
def test_a_stage_that_does_nothing_is_found_by_its_probe_alone(plant: str) -> None:
    stack = ExaminedStack()
    setattr(stack, plant, False)
    found = everything_found(stack)
    broken = {name for name, finding in found.items() if finding.state is State.BROKEN}
    assert broken == {{"sending": "message", "archiving": "row in the lake"}[plant]}


def test_a_view_that_shows_the_doctors_events_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = ExaminedStack()
    with examination(stack) as examined:
        stages.row(examined)
        ask = examined.ask
        older = replace(examined, ask=lambda sql: ask(sql.replace("from events ", "from events_raw ")))
        found = stages.view(older)
    assert (found.state, "1 of the doctor's events" in found.detail) == (State.BROKEN, True)


def test_a_lake_that_answers_nothing_is_broken_with_the_engines_words() -> None:
    def failing(_sql: str) -> Any:
        raise QueryFailed("TABLE_NOT_FOUND: events_raw")

    for name in ("row in the lake", "view events"):
        found = found_by(name, ExaminedStack(), ask=failing)
        assert (found.state, "TABLE_NOT_FOUND" in found.detail) == (State.BROKEN, True)
