"""The programs in docs/operating.md do what it says they do."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
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


def program(first_words: str, **names: str) -> None:
    """Run the program below the heading."""
    section = (ROOT / "docs" / "operating.md").read_text().split(f"## {first_words}\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    exec(compile(code, "docs/operating.md", "exec"), dict(names))


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

    program("Dead letters", QUEUE=queue, STREAM="stream", BUCKET="bucket")

    assert on_the_stream() == [("user:u1", RECORD)]
    assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=queue)


def test_a_dead_letter_too_large_for_the_queue_goes_back_on_the_stream_from_the_bucket() -> None:
    queue = boto3.client("sqs").create_queue(QueueName="letters")["QueueUrl"]
    boto3.client("s3").create_bucket(Bucket="bucket")
    record = b"x" * (MOST_BYTES * 3 // 4)
    letter = {"key": "user:u1", "sequence": "1", "error": "E", "data": base64.b64encode(record).decode()}
    assert SqsDeadLetters(queue, "bucket").put([json.dumps(letter).encode()]) == []

    program("Dead letters", QUEUE=queue, STREAM="stream", BUCKET="bucket")

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
