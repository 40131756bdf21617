"""Timers at the stage: folded before whatever comes, saved and announced with it, and what circles make is said."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from functions.process.people import changes
from functions.sweep.timers import timer
from shared.events import Event
from shared.fold import budgets
from shared.fold.effects import Derive, Facts, Timer
from shared.fold.parts import routes as part_to_replace
from shared.fold.parts import sessions
from shared.fold.parts.identities import PROFILE_MERGED
from shared.fold.parts.sessions.session import Line, Sessions
from shared.fold.profile import Changes, Profile
from shared.fold.state import States
from shared.people.due import DueProfile, place
from shared.workspace.model import Campaign, Workspace
from simulation.ports.faults import Died
from tests.fakes.process_stage import NOON, LambdaRecord, Stage, event, minutes

IDLE = minutes(30)
GOODBYE = Workspace(
    campaigns=(Campaign(id="bye", name="bye", event="Session Concluded", channel="sms", template="t"),)
)


def tick(stage: Stage, key: str, after: timedelta) -> LambdaRecord:
    at = NOON + after
    return stage.lambda_record(*timer(DueProfile(key, place(key, at)), at), at)


def rows(stage: Stage, name: str) -> list[Event]:
    return [row.event for row in stage.bus.rows.values() if row.event.name == name]


@pytest.mark.parametrize("swept", [None, minutes(31), minutes(55)])
def test_a_message_that_a_timer_asks_for_is_asked_for_at_its_instant_whenever_it_is_folded(
    swept: timedelta | None,
) -> None:
    stage = Stage(GOODBYE)
    stage.deliver(stage.record(event("View Item", anonymous="a1")))
    if swept is not None:
        stage.deliver(tick(stage, "user:u1", swept))
    stage.deliver(stage.record(event("View Item", at=NOON + minutes(60))))
    [request] = stage.bus.requests.values()
    assert (request.requested_at, request.depth) == (NOON + IDLE, 0)
    assert (request.event.name, request.event.user_id, request.event.received_at) == (
        "Session Concluded",
        "u1",
        NOON + IDLE,
    )


@pytest.mark.parametrize("call", range(1, 8))
def test_what_a_timer_said_is_said_again_when_the_record_that_folded_it_comes_again(call: int) -> None:
    stage = Stage(GOODBYE)
    stage.deliver(stage.record(event("View Item", id="e1")))
    record = stage.record(event("View Item", id="e2", at=NOON + minutes(60)))
    stage.faults.die_after = stage.faults.calls + call
    try:
        stage.deliver(record)
    except Died:
        stage.restart()
        stage.deliver(record)
    assert len(rows(stage, "Session Concluded")) == 1
    assert len(stage.bus.requests) == 1
    assert stage.counted("user:u1", "Session Concluded") == 1


def test_a_merge_saves_and_announces_what_the_timers_of_both_said_and_says_the_merge_once() -> None:
    stage = Stage(GOODBYE)
    stage.deliver(
        stage.record(event("View Item", at=NOON + minutes(20))),
        stage.record(event("View Item", user=None, anonymous="a1")),
    )
    both = stage.record(event("View Item", anonymous="a1", at=NOON + minutes(60)))
    stage.deliver(both)
    stage.deliver(both)
    ended = rows(stage, "Session Concluded")
    assert [(one.user_id, one.anonymous_id, one.occurred_at - NOON) for one in ended] == [
        ("u1", None, minutes(50)),
        (None, "a1", minutes(30)),
    ]
    assert len(stage.bus.requests) == 2
    assert {entry.person for entry in stage.bus.requests.values()} == {"user:u1"}
    [merged] = rows(stage, PROFILE_MERGED)
    assert merged.properties == {"person": "user:u1", "merged_person": "anonymous:a1"}
    assert [one.name for one in stage.timeline_of("user:u1", 100)].count(PROFILE_MERGED) == 1


def test_timers_that_fill_portions_are_all_folded_before_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each timer of this part makes the next one due, a minute later: nobody swept for an hour."""
    monkeypatch.setattr(budgets, "PORTION", 500)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 500)

    def due(state: Sessions, facts: Facts) -> Any:
        return Timer(state.over_at + minutes(1)) if state.over_at and state.over_at < NOON + IDLE else None

    def wake(state: Sessions, facts: Facts) -> Any:
        said = [Derive("Minute Passed", {}, facts.now, str(facts.now))]
        return state.with_live(Line(None, facts.now)), said

    monkeypatch.setattr(sessions, "due", due)
    monkeypatch.setattr(sessions, "wake", wake)
    stage = Stage()
    states = States(sessions=Sessions(over_at=NOON))
    stage.profiles.save(Changes((Profile("user:u1", states=states, clock=NOON, created_at=NOON),)), at=NOON)

    counts = stage.deliver(stage.record(event("View Item", at=NOON + minutes(60))))

    assert (counts["events"], counts["archived"]) == (1, 32)
    assert len(rows(stage, "Minute Passed")) == 30
    assert stage.faults.made.count("profiles.save") > 5
    ordinals = [row.ordinal for row in stage.bus.rows.values()]
    assert len(ordinals) == len(set(ordinals))
    assert stage.counted("user:u1", "View Item") == 1
    assert len(stage.timeline_of("user:u1", 100)) == 32


def test_a_part_that_is_due_for_ever_costs_the_records_that_meet_it_and_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "PORTION", 500)
    monkeypatch.setattr(budgets, "MOST_IN_A_SAVE", 500)
    monkeypatch.setattr(changes, "MOST_TURNS", 5)

    def due(state: Sessions, _facts: Facts) -> Timer | None:
        return Timer(state.over_at) if state.over_at else None

    def wake(state: Sessions, facts: Facts) -> Any:
        return state, [Derive("Again", {}, facts.now)]

    monkeypatch.setattr(sessions, "due", due)
    monkeypatch.setattr(sessions, "wake", wake)
    stage = Stage()
    states = States(sessions=Sessions(over_at=NOON))
    stage.profiles.save(Changes((Profile("user:u1", states=states, clock=NOON, created_at=NOON),)), at=NOON)

    counts = stage.deliver(stage.record(event("View Item")), stage.record(event("View Item", user="u2")))
    assert counts["dead_letters"] == 1
    assert stage.counted("user:u2", "View Item") == 1


def test_what_a_circle_would_have_made_follow_is_counted_and_named_and_no_record_is_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def endless(state: object, event: Event, _facts: object) -> tuple[object, list[Derive]]:
        return state, [Derive("Again", {}, NOON, f"{event.id}")] if event.name in ("Start", "Again") else []

    monkeypatch.setattr(part_to_replace, "apply", endless)
    monkeypatch.setattr(part_to_replace, "concerns", lambda *_: True)
    stage = Stage()
    with caplog.at_level(logging.WARNING):
        counts = stage.deliver(stage.record(event("Start")), stage.record(event("View Item", user="u2")))
    assert (counts["cut"], counts["dead_letters"]) == (1, 0)
    [line] = [record for record in caplog.records if "circles" in record.message]
    assert line.__dict__["cut"] == ["event Again"]
    assert len(rows(stage, "Again")) == 8
    assert stage.counted("user:u2", "View Item") == 1


def test_messages_that_set_each_other_off_end_at_the_deepest_and_are_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    again = Campaign(id="again", name="again", event="Notification Sent", channel="push", template="t")
    stage = Stage(Workspace(campaigns=(again,)))
    sent = [
        stage.record(event("Notification Sent", type="system"), source="headrace", depth=depth)
        for depth in (7, 8)
    ]
    with caplog.at_level(logging.WARNING):
        counts = stage.deliver(*sent)
    assert (counts["messages_requested"], counts["cut"]) == (1, 1)
    assert any(record.__dict__.get("cut") == ["campaign again"] for record in caplog.records)
