"""The programs in docs/operating/dead-letters.md do what it says they do."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from shared.aws import clients
from shared.aws.dead_letters import MOST_BYTES, SqsDeadLetters
from tests.infra.calls import ROOT

RECORD = b"a record of u1"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        boto3.client("kinesis").create_stream(StreamName="stream", ShardCount=1)
        clients.forget()
        yield
    clients.forget()


PAGE = ROOT / "docs" / "operating" / "dead-letters.md"


def program(heading: str, **names: object) -> None:
    """Run the program below the heading."""
    section = PAGE.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    exec(compile(code, PAGE.name, "exec"), dict(names))


def on_the_stream() -> list[tuple[str, bytes]]:
    kinesis = boto3.client("kinesis")
    (shard,) = kinesis.list_shards(StreamName="stream")["Shards"]
    iterator = kinesis.get_shard_iterator(
        StreamName="stream", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    return [(record["PartitionKey"], record["Data"]) for record in records]


def test_dead_letters_of_process_go_back_on_the_stream() -> None:
    queue = boto3.client("sqs").create_queue(QueueName="letters")["QueueUrl"]
    letter: dict[str, Any] = {"key": "user:u1", "sequence": "1", "error": "ValueError"}
    letter["data"] = base64.b64encode(RECORD).decode()
    assert SqsDeadLetters(queue, "bucket").put([json.dumps(letter).encode()]) == []

    program("Records of process", QUEUE=queue, STREAM="stream", BUCKET="bucket")

    assert on_the_stream() == [("user:u1", RECORD)]
    assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=queue)


def test_a_dead_letter_too_large_for_the_queue_goes_back_on_the_stream_from_the_bucket() -> None:
    queue = boto3.client("sqs").create_queue(QueueName="letters")["QueueUrl"]
    boto3.client("s3").create_bucket(Bucket="bucket")
    record = b"x" * (MOST_BYTES * 3 // 4)
    letter = {"key": "user:u1", "sequence": "1", "error": "E", "data": base64.b64encode(record).decode()}
    assert SqsDeadLetters(queue, "bucket").put([json.dumps(letter).encode()]) == []

    program("Records of process", QUEUE=queue, STREAM="stream", BUCKET="bucket")

    assert on_the_stream() == [("user:u1", record)]


def test_given_up_batches_go_back_on_the_stream() -> None:
    """The object is as https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html shows it."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="given-up")
    record = {"kinesis": {"partitionKey": "user:u1", "data": base64.b64encode(RECORD).decode()}}
    batch = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "payload": json.dumps({"Records": [record]}),
    }
    s3.put_object(Bucket="given-up", Key="aws/lambda/1/shard/1", Body=json.dumps(batch).encode())

    program("Given up", GIVEN_UP="given-up", STREAM="stream")

    assert on_the_stream() == [("user:u1", RECORD)]
    assert s3.list_objects_v2(Bucket="given-up")["KeyCount"] == 0


def test_entries_that_the_bus_could_not_deliver_are_published_again_as_they_were() -> None:
    """As EventBridge puts them into dead letters: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"""
    sqs, events = boto3.client("sqs"), boto3.client("events")
    letters = sqs.create_queue(QueueName="letters")["QueueUrl"]
    reader = sqs.create_queue(QueueName="reader")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=reader, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name="bus")
    events.put_rule(Name="all", EventBusName="bus", EventPattern=json.dumps({"source": ["headrace"]}))
    events.put_targets(Rule="all", EventBusName="bus", Targets=[{"Id": "1", "Arn": arn}])
    entry = {
        "version": "0",
        "id": "1",
        "source": "headrace",
        "detail-type": "Event",
        "detail": {"person": "user:u1", "event": {"name": "Complete Purchase"}},
    }
    sqs.send_message(QueueUrl=letters, MessageBody=json.dumps(entry))

    program("What the bus could not deliver", QUEUE=letters, BUS="bus")

    (received,) = sqs.receive_message(QueueUrl=reader)["Messages"]
    again = json.loads(received["Body"])
    assert {name: again[name] for name in ("source", "detail-type", "detail")} == {
        name: entry[name] for name in ("source", "detail-type", "detail")
    }
    assert "Messages" not in sqs.receive_message(QueueUrl=letters)


def test_a_stretch_of_the_stream_is_put_on_it_once_more_and_nothing_beside_it() -> None:
    kinesis = boto3.client("kinesis")
    for key in ("user:u1", "user:u2"):
        kinesis.put_record(StreamName="stream", PartitionKey=key, Data=RECORD)
    until = datetime.now(UTC)
    time.sleep(1.1)  # the stream may say when a record came in whole seconds
    kinesis.put_record(StreamName="stream", PartitionKey="user:later", Data=RECORD)

    program("Nothing was set aside", STREAM="stream", FROM=until - timedelta(minutes=5), UNTIL=until)

    assert sorted(key for key, _ in on_the_stream()) == [
        "user:later", "user:u1", "user:u1", "user:u2", "user:u2"
    ]  # fmt: skip
