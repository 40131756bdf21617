"""What lies among dead letters stands in the ledger for the message that it names, and for no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.ledger import in_queues, of_messages
from cli.ledger.in_queues import InQueues
from cli.ledger.of_messages import Triggered
from cli.stacks import Stack
from shared.ledger.balance import Balance
from shared.ledger.lines import hour_of
from tests.unit.cli.dead_letters.account import NOW, Aws, message_requested

CAMPAIGN = ("welcome", hour_of(NOW))


def found(aws: Aws) -> InQueues:
    return in_queues.read(Stack("local", "", aws.outputs()))


def triggered(aws: Aws, *ids: str) -> Triggered:
    later = NOW + timedelta(hours=1)
    drawn = Balance(messages={CAMPAIGN: dict.fromkeys(ids, NOW)})
    return of_messages.outcomes(drawn, lambda _: {}, lambda: found(aws), later, later).campaigns[CAMPAIGN]


@pytest.mark.parametrize(
    "unrelated", ["not json", "{}", '{"detail": null}', '{"detail": {"id": "m1"}}', "[]"]
)
def test_a_dead_letter_that_is_no_request_hides_no_missing_message(aws: Aws, unrelated: str) -> None:
    aws.send(aws.sms_dead, unrelated)

    assert found(aws) == InQueues(unreadable=1)
    assert triggered(aws, "m1").missing == ["m1"]


def test_the_dead_letter_of_one_message_hides_no_other(aws: Aws) -> None:
    aws.send(aws.sms_dead, message_requested(number=2))

    said = triggered(aws, "m1", "m2")

    assert (said.waiting, said.missing) == (1, ["m1"])


def test_looking_takes_nothing_out_and_finds_the_same_again(aws: Aws) -> None:
    aws.send(aws.sms_dead, *(message_requested(number=number) for number in range(12)))

    assert found(aws) == found(aws) == InQueues(dead={f"m{number}" for number in range(12)})


def test_what_somebody_else_holds_is_said(aws: Aws) -> None:
    aws.send(aws.sms_dead, message_requested(number=1))
    aws.sqs.receive_message(QueueUrl=aws.sms_dead, VisibilityTimeout=300)

    assert found(aws) == InQueues(unread=1)


def test_a_queue_of_send_is_counted_and_no_try_is_taken_from_its_messages(aws: Aws) -> None:
    aws.send(aws.sms, message_requested(number=1))

    assert found(aws) == found(aws) == InQueues(queued=1)
    [message] = aws.sqs.receive_message(
        QueueUrl=aws.sms, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
