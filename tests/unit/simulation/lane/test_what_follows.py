"""What a history makes follow: messages and their reasons, timers, feedback, an apply, a pause."""

from __future__ import annotations

from typing import Any

import pytest

from shared.fold import ORDER
from shared.fold.parts import sessions
from shared.own_events import OWN_EVENTS
from shared.workspace.model import Campaign
from simulation.lane.entries import SAID_BY_TIMERS
from simulation.lane.plan import Plan
from simulation.lane.run import Simulated, simulate
from tests.unit.simulation.lane.workspaces import at, campaign, identify, plan_of, track, workspace

WELCOME = campaign("welcome", "Registration")
ADA = identify("11:00:00", email="ada@shop.example", name="Ada")


def messages(simulated: Simulated) -> list[tuple[str, str, str, str | None]]:
    said = [entry.as_dict() for entry in simulated.entries]
    return [
        (one["at"][11:19], one["kind"], one["id"], one["reason"]) for one in said if one["kind"] != "event"
    ]


def own(simulated: Simulated, *names: str) -> list[tuple[str, str]]:
    said = [entry.as_dict() for entry in simulated.entries]
    return [(one["at"][11:19], one["id"]) for one in said if one["kind"] == "event" and one["id"] in names]


def lived(lines: list[dict[str, Any]], *campaigns: Campaign, until: str | None = None) -> Simulated:
    return simulate(plan_of(lines, workspace(*campaigns), until))


def test_an_entry_says_when_who_what_why_by_which_event() -> None:
    simulated = lived([ADA, track("12:00:00", "Registration", messageId="m1")], WELCOME)
    (sent,) = [entry.as_dict() for entry in simulated.entries if entry.kind == "message_sent"]
    assert list(sent.items()) == [
        ("at", at("12:00:00")),
        ("person", "user:u1"),
        ("kind", "message_sent"),
        ("id", "welcome"),
        ("reason", None),
        ("channel", "email"),
        ("variant", None),
        ("event", "m1"),
    ]


@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({}, "no_address"),
        ({"email": "nowhere"}, "address_not_valid"),
        ({"email": "ada@shop.example"}, "template_value_missing"),
        ({"email": "ada@shop.example", "name": "Ada", "consents": {"email": False}}, "consent_withdrawn"),
        ({"email": "ada@shop.example", "name": "Ada"}, None),
    ],
)
def test_a_message_is_sent_or_dropped_as_the_send_stage_decides(
    traits: dict[str, Any], reason: str | None
) -> None:
    simulated = lived([identify("11:00:00", **traits), track("12:00:00", "Registration")], WELCOME)
    kind = "message_sent" if reason is None else "message_dropped"
    assert messages(simulated) == [("12:00:00", kind, "welcome", reason)]


def test_an_event_that_comes_twice_asks_once() -> None:
    once = track("12:00:00", "Registration", messageId="m1")
    assert len(messages(lived([ADA, once, {**once, "received_at": at("12:00:05")}], WELCOME))) == 1


def test_lines_without_an_id_are_events_of_their_own() -> None:
    assert (
        len(
            messages(
                lived([ADA, track("12:00:00", "Registration"), track("12:00:00", "Registration")], WELCOME)
            )
        )
        == 2
    )


def test_a_timer_falls_at_its_instant_and_only_up_to_the_end() -> None:
    lines = [ADA, track("12:00:00.400", "Registration")]
    concluded = campaign("bye", "Session Concluded")
    assert own(lived(lines, WELCOME, until=at("12:30:00")), "Session Concluded") == [
        ("11:30:00", "Session Concluded")
    ]
    lasting = lived(lines, WELCOME, concluded, until=at("12:31:00"))
    assert own(lasting, "Session Concluded") == [
        ("11:30:00", "Session Concluded"),
        ("12:30:00", "Session Concluded"),
    ]
    assert messages(lasting)[-1] == ("12:30:00", "message_sent", "bye", None)


def test_the_last_line_is_the_end() -> None:
    assert own(lived([ADA, track("11:29:59", "Registration")]), "Session Concluded") == []


def test_lines_after_the_end_are_left_out_and_counted() -> None:
    plan = plan_of([ADA, track("12:00:00", "Registration")], workspace(WELCOME), at("11:59:59"))
    assert plan.left_out == 1
    assert messages(simulate(plan)) == []


def test_what_was_sent_comes_back_as_an_event_at_the_same_instant() -> None:
    simulated = lived(
        [ADA, track("12:00:00", "Registration")], WELCOME, campaign("again", "Notification Sent")
    )
    assert messages(simulated)[0] == ("12:00:00", "message_sent", "welcome", None)
    assert 1 < len(messages(simulated)) < 12  # each message asks for the next, until the depth ends it
    assert own(simulated, "Notification Sent")[0] == ("12:00:00", "Notification Sent")


def test_feedback_of_the_history_is_folded_and_is_no_entry() -> None:
    opened = {"received_at": at("12:05:00"), "type": "system", "event": "Notification Opened", "userId": "u1"}
    simulated = lived([ADA, opened], campaign("thanks", "Notification Opened"))
    assert messages(simulated) == [("12:05:00", "message_sent", "thanks", None)]
    assert own(simulated, "Notification Opened") == []


def test_a_workspace_that_is_applied_is_in_force_from_there_on() -> None:
    lines = [
        ADA,
        track("12:00:00", "Registration"),
        {"received_at": at("12:00:01"), "apply": "next"},
        track("12:00:02", "Registration"),
        track("12:00:03", "Login"),
    ]
    plan = plan_of(lines, workspace(WELCOME), next=workspace(campaign("hello", "Login")))
    assert [(clock, id_) for clock, _, id_, _ in messages(simulate(plan))] == [
        ("12:00:00", "welcome"),
        ("12:00:03", "hello"),
    ]


def test_timers_that_were_due_before_an_apply_belong_to_the_workspace_before() -> None:
    lines = [ADA, {"received_at": at("12:00:00"), "apply": "next"}, track("12:00:01", "Login")]
    bye = workspace(campaign("bye", "Session Concluded"))
    assert messages(simulate(plan_of(lines, workspace(), next=bye))) == []
    assert messages(simulate(plan_of(lines, bye, next=workspace()))) == [
        ("11:30:00", "message_sent", "bye", None)
    ]


def test_a_paused_campaign_asks_for_nothing_until_it_is_resumed_even_if_a_workspace_is_applied() -> None:
    lines = [
        ADA,
        {"received_at": at("11:30:00"), "pause": "welcome"},
        track("12:00:00", "Registration"),
        {"received_at": at("12:00:01"), "apply": "same"},
        track("12:00:02", "Registration"),
        {"received_at": at("12:00:03"), "resume": "welcome"},
        track("12:00:04", "Registration"),
    ]
    plan = plan_of(lines, workspace(WELCOME), same=workspace(WELCOME))
    assert messages(simulate(plan)) == [("12:00:04", "message_sent", "welcome", None)]


def test_an_event_that_is_rejected_is_named_with_its_line_and_reasons() -> None:
    nobody = track("12:00:00", "Registration", user=None)
    simulated = lived([ADA, nobody, track("12:00:01", "Registration")], WELCOME)
    (rejected,) = simulated.rejected
    assert (rejected.number, rejected.reasons[0].code) == (2, "no_identity")
    assert len(messages(simulated)) == 1


def test_what_process_refuses_is_named_too() -> None:
    """A browser may not change a known person's address."""
    stranger = {**identify("12:00:00", email="eve@shop.example"), "source": "web", "context": {}}
    (rejected,) = lived([ADA, stranger], WELCOME).rejected
    assert (rejected.number, rejected.reasons[0].code) == (2, "not_trusted")


def test_nothing_happens_in_an_empty_history() -> None:
    assert simulate(Plan(workspace(WELCOME), (), plan_of([ADA], workspace()).until)).entries == []


def test_the_names_that_timers_say_are_those_that_a_recording_knows() -> None:
    """A part that waits needs its own events among them, or a late timer's message would be sent late as well."""
    assert ORDER.waiting == (sessions,)
    assert OWN_EVENTS.keys() >= SAID_BY_TIMERS
