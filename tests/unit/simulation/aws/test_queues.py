"""Queues as SQS has them: held, delivered again, in any order, twice; dead letters, delays, and what expires."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.aws.clients import client
from simulation.aws.account import Account
from simulation.aws.behaviour import CALM, Behaviour
from tests.unit.simulation.aws.conftest import NOON, Making, Meddling, StillClock


def test_a_message_comes_again_when_nobody_has_deleted_it(account: Account, clock: StillClock) -> None:
    queue = account.sqs.create("q", visibility=30)
    queue.send("x")
    [first] = queue.receive()
    clock.pass_(seconds=29.9)
    assert queue.receive() == []
    clock.pass_(seconds=0.1)
    [second] = queue.receive()
    assert (first.id, first.body) == (second.id, second.body)
    assert [one.system["ApproximateReceiveCount"] for one in (first, second)] == ["1", "2"]
    assert queue.delete(second.handle)
    clock.pass_(days=1)
    assert queue.receive() == []
    assert queue.messages() == []


def test_the_handle_of_an_earlier_delivery_deletes_nothing(account: Account, clock: StillClock) -> None:
    queue = account.sqs.create("q", visibility=30)
    queue.send("x")
    [first] = queue.receive()
    clock.pass_(seconds=30)
    queue.receive()
    assert queue.delete(first.handle)
    assert len(queue.messages()) == 1
    assert not queue.delete("of nobody")


def test_a_late_handle_still_deletes_while_nobody_else_has_the_message(
    account: Account, clock: StillClock
) -> None:
    queue = account.sqs.create("q", visibility=30)
    queue.send("x")
    [late] = queue.receive()
    clock.pass_(minutes=5)
    assert queue.delete(late.handle)
    assert queue.receive() == []


def test_who_holds_a_message_may_say_when_it_comes_again(account: Account, clock: StillClock) -> None:
    queue = account.sqs.create("q", visibility=30)
    queue.send("x")
    [held] = queue.receive()
    assert queue.change(held.handle, 600) is None
    clock.pass_(seconds=599)
    assert queue.receive() == []
    assert queue.change(held.handle, 0) is None
    assert len(queue.receive()) == 1
    assert queue.change(held.handle, 1) == "AWS.SimpleQueueService.MessageNotInflight"
    assert queue.change("of nobody", 1) == "ReceiptHandleIsInvalid"


def test_nobody_holds_a_message_longer_than_twelve_hours(account: Account, clock: StillClock) -> None:
    queue = account.sqs.create("q", visibility=30)
    queue.send("x")
    [held] = queue.receive()
    assert queue.change(held.handle, 43_201) == "InvalidParameterValue"
    assert queue.change(held.handle, 43_200) is None
    clock.pass_(hours=1)
    assert queue.change(held.handle, 43_200) == "InvalidParameterValue"
    assert queue.change(held.handle, 39_600) is None


def test_what_was_received_too_often_is_a_dead_letter_of_the_time_it_was_sent(
    account: Account, clock: StillClock
) -> None:
    dead = account.sqs.create("dead", retention=timedelta(days=14))
    queue = account.sqs.create("q", visibility=10, dead_letters="dead", most_receives=2)
    sent = queue.send("x")
    for _ in range(2):
        assert len(queue.receive()) == 1
        clock.pass_(seconds=10)
    assert dead.messages() == []
    assert queue.receive() == []
    [letter] = dead.receive()
    assert (letter.id, letter.body) == (sent.id, "x")
    assert letter.system["SentTimestamp"] == str(int(NOON.timestamp() * 1000))
    assert letter.system["DeadLetterQueueSourceArn"] == queue.arn
    assert letter.system["ApproximateReceiveCount"] == "1"
    assert queue.messages() == []


def test_what_is_kept_too_long_is_gone_a_dead_letter_counted_from_when_it_was_sent(
    account: Account, clock: StillClock
) -> None:
    dead = account.sqs.create("dead", retention=timedelta(days=5))
    queue = account.sqs.create(
        "q", retention=timedelta(days=4), visibility=0, dead_letters="dead", most_receives=1
    )
    queue.send("x")
    queue.receive()
    clock.pass_(days=3)
    queue.send("y")
    assert [one.body for one in queue.receive()] == ["y"]
    assert [one.body for one in dead.messages()] == ["x"]
    clock.pass_(days=2)
    assert dead.messages() == []
    assert [one.body for one in dead.expired] == ["x"]
    clock.pass_(days=2)
    assert queue.receive() == []
    assert [one.body for one in queue.expired] == ["y"]


def test_a_delayed_message_comes_later(account: Account, clock: StillClock) -> None:
    queue = account.sqs.create("q", delay=5)
    queue.send("x")
    queue.send("y", delay=60)
    assert queue.receive() == []
    assert queue.ready_at() == NOON + timedelta(seconds=5)
    clock.pass_(seconds=5)
    assert [one.body for one in queue.receive(visibility=600)] == ["x"]
    assert queue.ready_at() == NOON + timedelta(seconds=60)
    clock.pass_(seconds=55)
    assert [one.body for one in queue.receive()] == ["y"]
    assert account.sqs.create("empty").ready_at() is None


def test_a_calm_queue_keeps_the_order_and_another_does_not(make: Making) -> None:
    def order(behaviour: Behaviour) -> list[str]:
        queue = make(behaviour).sqs.create("q")
        for number in range(30):
            queue.send(str(number))
        return [one.body for _ in range(3) for one in queue.receive(10)]

    in_order = [str(number) for number in range(30)]
    assert order(CALM) == in_order
    assert order(Behaviour(unordered=True)) != in_order
    assert sorted(order(Behaviour(unordered=True)), key=int) == in_order


def test_a_harsh_queue_delivers_some_messages_twice(make: Making, clock: StillClock) -> None:
    queue = make(Behaviour(twice=0.2)).sqs.create("q", visibility=30)
    for number in range(100):
        queue.send(str(number))
    delivered: list[str] = []
    for _ in range(100):
        for one in queue.receive(10):
            delivered.append(one.body)
            queue.delete(one.handle)
        clock.pass_(seconds=5)
    assert len(set(delivered)) == 100
    assert 100 < len(delivered) < 200
    assert queue.messages() == []


def test_a_short_poll_may_find_nothing_and_a_long_one_does_not(make: Making) -> None:
    queue = make(Behaviour(empty_polls=0.5)).sqs.create("q", visibility=0)
    queue.send("x")

    def found(wait: int) -> set[int]:
        receive = client("sqs").receive_message
        return {len(receive(QueueUrl=queue.url, WaitTimeSeconds=wait).get("Messages", [])) for _ in range(20)}

    assert found(0) == {0, 1}
    assert found(1) == {1}


def test_each_entry_of_a_batch_has_its_own_outcome(account: Account, meddling: Meddling) -> None:
    queue = account.sqs.create("q")
    meddling.untaken = {1}
    bodies = ("fine", "left", "\x00", "fine too")
    entries: Any = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)]
    answer = client("sqs").send_message_batch(QueueUrl=queue.url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["0", "3"]
    assert [(one["Id"], one["Code"], one["SenderFault"]) for one in answer["Failed"]] == [
        ("1", "ServiceUnavailable", False), ("2", "InvalidMessageContents", True)
    ]  # fmt: skip
    assert [one.body for one in queue.messages()] == ["fine", "fine too"]


def test_attributes_count_as_bytes_and_come_along(account: Account) -> None:
    queue = account.sqs.create("q")
    attributes: Any = {"a": {"DataType": "String", "StringValue": "v" * 100}}
    room = 1024 * 1024 - len("a") - len("String") - 100
    send = client("sqs").send_message
    send(QueueUrl=queue.url, MessageBody="x" * room, MessageAttributes=attributes)
    with pytest.raises(client("sqs").exceptions.ClientError, match="1048576"):
        send(QueueUrl=queue.url, MessageBody="x" * (room + 1), MessageAttributes=attributes)
    [found] = client("sqs").receive_message(QueueUrl=queue.url, MessageAttributeNames=["All"])["Messages"]
    assert found["MessageAttributes"]["a"]["StringValue"] == "v" * 100


def test_the_depth_and_the_redrive_policy_are_told(account: Account) -> None:
    account.sqs.create("dead")
    queue = account.sqs.create("q", dead_letters="dead", most_receives=3)
    for body in ("x", "y", "z"):
        queue.send(body)
    queue.receive(1)
    found = client("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])["Attributes"]
    assert (found["ApproximateNumberOfMessages"], found["ApproximateNumberOfMessagesNotVisible"]) == (
        "2",
        "1",
    )
    assert found["RedrivePolicy"] == (
        '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":3}'
    )
