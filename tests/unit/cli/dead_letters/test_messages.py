"""Messages of queues, back to the queue that they were for, as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.problem import Problem
from shared.aws import clients
from shared.aws.queues import dead_letter_queues
from shared.bus_entries import EventBatch
from shared.tee import TeedRequest
from tests.unit.cli.dead_letters.account import NOW, Aws, message_requested, redriven, run


def test_messages_go_back_to_their_queue_and_what_is_none_stays(aws: Aws) -> None:
    aws.send(aws.sms_dead, *(message_requested(number=number) for number in range(12)), "not json")

    said = redriven("send-sms")

    assert (said["waited"], said["brought_back"]) == (13, 12)
    assert said["never"] == {"it is not a request for a message: this version cannot read it": 1}
    assert sorted(json.loads(body)["detail"]["id"] for body in aws.bodies(aws.sms)) == sorted(
        f"m{number}" for number in range(12)
    )
    assert aws.bodies(aws.sms_dead) == ["not json"]


def test_requests_for_a_vendor_and_batches_for_the_lake_go_back_to_their_queues(aws: Aws) -> None:
    teed = TeedRequest(
        id="t", source="shop", protocol="twilio_segment", call="track", method="POST", path="/", query="",
        headers={}, body=b"{}", status=200, events=1, rejected=0, received_at=NOW, workspace=1,
    ).encode().decode()  # fmt: skip
    batch = json.dumps({"detail-type": "Event Batch", "detail": EventBatch.packing([]).model_dump()})
    aws.send(aws.tee_dead, teed, "none of ours")
    aws.send(aws.archive_dead, batch, json.dumps({"detail-type": "Event Batch", "detail": {}}))

    assert redriven("tee")["brought_back"] == 1
    assert redriven("archive")["brought_back"] == 1
    assert aws.bodies(aws.tee) == [teed]
    assert aws.bodies(aws.archive) == [batch]


def test_by_the_name_of_the_alarm_or_a_route_in_any_case(aws: Aws) -> None:
    aws.send(aws.orders_dead, '{"detail-type": "Event"}')
    assert redriven("headrace-local-RoutesOrdersDeadLetters") == {"waited": 1, "brought_back": 1}
    aws.send(aws.orders_dead, '{"detail-type": "Event"}')
    assert redriven("orders") == {"waited": 1, "brought_back": 1}
    ended = run("retry", "order")
    assert isinstance(ended.exception, Problem)
    assert ended.exception.advice == "Did you mean Orders?"


def test_a_message_keeps_its_senders_attributes_and_loses_eventbridges(aws: Aws) -> None:
    aws.send(aws.orders_dead, "theirs", tenant="acme", ERROR_CODE="E7")
    aws.sqs.send_message(
        QueueUrl=aws.orders_dead,
        MessageBody="with bytes",
        MessageAttributes={"trace": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}},
    )
    eventbridges = dict.fromkeys(dead_letter_queues.EVENTBRIDGES, "x") | {"TARGET_ARN": aws.arn(aws.orders)}
    aws.send(aws.orders_dead, "undelivered", **eventbridges)

    assert redriven("orders") == {"waited": 3, "brought_back": 3}

    found = {one["Body"]: one.get("MessageAttributes", {}) for one in aws.messages(aws.orders)}
    assert {name: said["StringValue"] for name, said in found["theirs"].items()} == {
        "tenant": "acme", "ERROR_CODE": "E7"
    }  # fmt: skip
    assert found["with bytes"]["trace"]["BinaryValue"] == b"\x00\x01"
    assert found["undelivered"] == {}


def test_attributes_count_towards_what_one_call_takes(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQS refuses a call whose messages have more bytes in all, of which attributes are a part."""
    sent: list[int] = []
    real = clients.client("sqs").send_message_batch

    def counting(**asked: Any) -> Any:
        sent.append(len(asked["Entries"]))
        return real(**asked)

    monkeypatch.setattr(clients.client("sqs"), "send_message_batch", counting)
    monkeypatch.setattr(dead_letter_queues, "MOST_BYTES", 2 * (3 + 6 + 6 + 100))
    aws.send(aws.orders_dead, "abc", "def", "ghi", tenant="x" * 100)

    assert redriven("orders")["brought_back"] == 3
    assert sent == [2, 1]
