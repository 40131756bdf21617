"""A batch of requests: bad ones and late ones go back, the others do not wait for them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from shared.messages import Status
from tests.fakes.send_stage import SendStage


def stage() -> SendStage:
    made = SendStage("email")
    made.person(email="ada@x.example")
    return made


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        "{}",
        json.dumps({"detail-type": "Event", "detail": {}}),
        json.dumps({"detail-type": "Message Requested", "detail": {"id": "m1"}}),
        json.dumps({"detail-type": "Message Requested"}),
    ],
)
def test_what_is_no_request_goes_back_and_its_neighbours_are_sent(body: str) -> None:
    made = stage()
    made.queue(event_id="e1")
    made.queue_body(body)
    made.queue(event_id="e2")

    assert made.invoke() == ["q2"]
    assert len(made.email.sent) == 2


def test_a_request_for_another_channel_goes_back() -> None:
    made = stage()
    made.queue()
    made.channel = "sms"

    assert made.invoke() == ["q1"]
    assert made.messages.items == {}


def test_a_message_that_fails_in_a_way_nobody_thought_of_goes_back_alone() -> None:
    made = stage()
    made.email.failures.append(RuntimeError("a bug"))
    made.queue(event_id="e1")
    made.queue(event_id="e2")

    assert made.invoke() == ["q1"]
    assert [one.status for one in made.messages.items.values()] == [Status.REQUESTED, Status.SENT]


def test_a_message_is_not_begun_when_the_function_has_little_time_left() -> None:
    made = stage()
    made.time_left = timedelta(seconds=14)
    made.queue()

    assert made.invoke() == ["q1"]
    assert made.messages.items == {}


def test_a_claim_lasts_longer_than_the_function() -> None:
    made = stage()
    made.messages.failing.append("record")
    made.queue()
    made.invoke()

    claimed_until = made.logged.claimed_until
    assert claimed_until is not None
    assert claimed_until == made.now + made.time_left + timedelta(seconds=5)
