"""A batch of requests: bad ones and late ones go back, the others do not wait for them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.failures import Refused
from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import MessageRequest, Status, Why
from shared.messaging.sending_limits import SENDING_TAKES
from simulation.ports.messages import FakeMessages
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


def test_what_cannot_be_read_is_a_dead_letter_at_its_third_delivery(caplog: pytest.LogCaptureFixture) -> None:
    made = stage()
    made.queue_body("not json")

    for seconds in (5, 5):
        made.invoke()
        assert (made.pauses, made.dead_letters.letters) == ({"q1": seconds}, [])
    assert made.invoke() == []
    assert made.dead_letters.letters == [b"not json"]
    [line] = [vars(one) for one in caplog.records if one.getMessage() == "message put aside"]
    assert (line["queued"], line["error"]) == ("q1", "JSONDecodeError")


def test_a_dead_letter_that_cannot_be_written_goes_back() -> None:
    made = stage()
    made.queue_body("not json")
    made.invoke()
    made.invoke()
    made.dead_letters.item_faults.planned.append("all")

    assert made.invoke() == ["q1"]
    assert made.invoke() == []
    assert made.dead_letters.letters == [b"not json"]


def test_a_message_that_fails_in_a_way_nobody_thought_of_goes_back_alone() -> None:
    made = stage()
    made.email.failures.append(RuntimeError("a bug"))
    made.queue(event_id="e1")
    made.queue(event_id="e2")

    assert made.invoke() == ["q1"]
    assert [one.status for one in made.messages.items.values()] == [Status.REQUESTED, Status.SENT]


def test_a_failure_of_ours_makes_a_dead_letter_the_third_time_however_often_the_message_was_received() -> (
    None
):
    made = stage()
    made.bugs(3)
    made.queue()
    (waiting,) = made.waiting.values()
    waiting["attributes"] = {"ApproximateReceiveCount": "70"}

    for _ in range(2):
        assert made.invoke() == ["q1"]
        assert (made.logged.status, made.logged.reason) == (Status.WAITING, Why.FAULT)
        assert made.dead_letters.letters == []
    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.WAITING, Why.DEAD_LETTERED)
    assert made.dead_letters.letters == [waiting["body"].encode()]

    made.waiting["q1"] = waiting  # sent back from the dead letters, after the bug was mended
    assert made.invoke() == []
    assert made.logged.status is Status.SENT


def test_what_the_log_refuses_for_its_content_is_a_dead_letter_the_third_time() -> None:
    """It was taken for an outage: received for two weeks, then gone, and no word of it in the log."""

    class Refusing(FakeMessages):
        def claim(self, *request: Any, **claim: Any) -> LoggedMessage | None:  # noqa: ARG002
            raise Refused("item size has exceeded the maximum allowed size")

    made = stage()
    made.messages = Refusing()
    made.queue()

    assert [made.invoke() for _ in range(3)] == [["q1"], ["q1"], []]
    assert (made.logged.status, made.logged.reason) == (Status.WAITING, Why.DEAD_LETTERED)
    assert len(made.dead_letters.letters) == 1


def test_what_the_log_takes_no_word_of_is_a_dead_letter_at_its_third_delivery_and_keeps_nobody_waiting() -> (
    None
):
    """Not even that it failed: so it was received a thousand times."""

    class Refusing(FakeMessages):
        def _fail_on_command(self, call: str) -> None:
            if self.refusing:
                raise Refused(f"{call}: an item that no table takes")

        refusing = True

    made = stage()
    log = made.messages = Refusing()
    made.queue()

    assert [made.invoke() for _ in range(3)] == [["q1"], ["q1"], []]
    assert (len(made.dead_letters.letters), log.items) == (1, {})
    log.refusing = False
    made.queue(event_id="e2")
    assert made.invoke() == []
    assert len(made.email.sent) == 1


def test_a_message_whose_failure_cannot_even_be_noted_goes_back_alone() -> None:
    """Of a batch, those that were sent before it must not come again, nor those behind it wait."""

    class Broken(FakeMessages):
        def fault(self, request: MessageRequest, *, at: datetime) -> int:  # noqa: ARG002
            raise ZeroDivisionError

    made = stage()
    made.messages = Broken(made.faults)
    made.email.failures.append(RuntimeError("a bug"))
    for event in ("e1", "e2", "e3"):
        made.queue(event_id=event)

    assert made.invoke() == ["q1"]
    assert made.pauses == {"q1": 5}
    assert len(made.email.sent) == 2


def test_an_outage_of_aws_makes_no_dead_letter_however_long_it_takes() -> None:
    made = stage()
    made.messages.failing.extend(["claim"] * 200)
    made.queue()

    for _ in range(200):
        assert made.invoke() == ["q1"]
    assert (made.dead_letters.letters, made.email.sent) == ([], [])
    assert made.invoke() == []
    assert made.logged.status is Status.SENT


@pytest.mark.parametrize(("left", "begun"), [(-1, False), (0, True), (1, True)])
def test_a_message_is_begun_only_when_there_is_time_for_it(left: int, begun: bool) -> None:
    made = stage()
    made.time_left = SENDING_TAKES + timedelta(microseconds=left)
    made.queue()

    assert made.invoke() == ([] if begun else ["q1"])
    assert len(made.messages.items) == begun, "what there is no time for goes back untouched"


def test_a_claim_lasts_longer_than_the_function() -> None:
    made = stage()
    made.messages.failing.append("record")
    made.queue()
    made.invoke()

    claimed_until = made.logged.claimed_until
    assert claimed_until is not None
    assert claimed_until == made.now + made.time_left + timedelta(seconds=5)
