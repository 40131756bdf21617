"""The Lambda entry on its real adapters, against moto: one SMS from the queue's message to the stream."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from functions.send import bootstrap, handler
from functions.send.channels import module_of
from functions.send.environment import Environment
from functions.send.pacing.rates import USED
from shared import records
from shared.aws import clients
from shared.aws.messages.log import DynamoMessages
from shared.aws.runtime import RUNTIME
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.traits import Traits
from shared.fold.profile import Changes, Profile
from shared.fold.state import States
from shared.messaging.channels import QUEUES, Queue
from shared.messaging.messages import Status
from tests.fakes.pretended_aws import pretended_aws
from tests.fakes.send_stage import NOON, SHOP, SendStage

NAMES = {
    "QUEUE": "sms", "STREAM_NAME": "stream", "PROFILES_TABLE": "profiles", "MESSAGES_TABLE": "messages",
    "WORKSPACE_TABLE": "workspace", "WORKSPACE_BUCKET": "bucket", "OUTGOING_SECRET_ARN": "secret",
    "CONCURRENCY": "2", "MESSAGES_PER_SECOND": "20",
    "DEAD_LETTERS_URL": f"https://sqs.us-east-1.amazonaws.com/{DEFAULT_ACCOUNT_ID}/dead",
    "QUEUE_URL": f"https://sqs.us-east-1.amazonaws.com/{DEFAULT_ACCOUNT_ID}/requests",
    "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
}  # fmt: skip


QUEUED = timedelta(hours=25)
"""How long the messages have been in the queue."""


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    # Read from the environment when the module is imported.
    monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")
    monkeypatch.setattr(handler.metrics.provider, "service", "send-sms")
    made = (bootstrap.environment, bootstrap.sending, bootstrap.queue, bootstrap.dead_letters)
    for one in made:
        one.cache_clear()
    with pretended_aws(monkeypatch):
        for table in ("profiles", "messages", "workspace"):
            boto3.client("dynamodb").create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        boto3.client("s3").create_bucket(Bucket="bucket")
        boto3.client("sqs").create_queue(QueueName="requests", Attributes={"VisibilityTimeout": "180"})
        boto3.client("sqs").create_queue(QueueName="dead")
        boto3.client("kinesis").create_stream(StreamName="stream", ShardCount=1)
        DynamoWorkspaces(table="workspace", bucket="bucket").apply(SHOP, after=0, at=NOON, by="test")
        states = States(
            traits=Traits({"phone": "+15550100123"}), consents=Consents({"sms": Consent(True, NOON)})
        )
        DynamoProfiles("profiles").save(Changes(profiles=(Profile("user:u1", states=states),)), at=NOON)
        yield
    for one in made:
        one.cache_clear()


def queued(received_before: int = 0) -> dict[str, Any]:
    """What SQS hands to Lambda: one request, and one that cannot be read."""
    stage = SendStage("sms")
    stage.queue(requested_at=datetime.now(UTC))  # the handler's clock is the real one, and requests expire
    stage.queue_body("unreadable")
    sqs = boto3.client("sqs")
    messages = []
    for waiting in stage.waiting.values():
        sqs.send_message(QueueUrl=NAMES["QUEUE_URL"], MessageBody=waiting["body"])
        [received] = sqs.receive_message(QueueUrl=NAMES["QUEUE_URL"], MaxNumberOfMessages=1)["Messages"]
        sent = datetime.now(UTC) - QUEUED
        attributes = {
            "ApproximateReceiveCount": str(received_before + 1),
            "SentTimestamp": str(int(sent.timestamp() * 1000)),
        }
        messages.append({**waiting, "receiptHandle": received["ReceiptHandle"], "attributes": attributes})
    return {"Records": messages}


def on_the_stream() -> list[records.Record]:
    kinesis = boto3.client("kinesis")
    shard = kinesis.list_shards(StreamName="stream")["Shards"][0]["ShardId"]
    start = kinesis.get_shard_iterator(StreamName="stream", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return [
        records.decode(one["Data"])
        for one in kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]
    ]


def test_an_sms_is_sent_logged_and_said_once_and_only_the_unreadable_one_goes_back(
    aws: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = datetime.now(UTC)
    for received_before in range(2):
        answer = handler.lambda_handler(queued(received_before), Context())
        assert answer == {"batchItemFailures": [{"itemIdentifier": "q2"}]}

    back = sqs_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].queues["requests"]._messages
    waits = [one.visible_at / 1000 - before.timestamp() for one in back if one.body == "unreadable"]
    assert all(4 <= wait < 90 for wait in waits), "not the queue's 180 s"
    assert handler.lambda_handler(queued(2), Context()) == {"batchItemFailures": []}
    [dead] = boto3.client("sqs").receive_message(QueueUrl=NAMES["DEAD_LETTERS_URL"])["Messages"]
    assert dead["Body"] == "unreadable"

    sent = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sms_messages
    assert list(sent.values()) == [("+15550100123", "1500 USD paid")]
    item = boto3.client("dynamodb").scan(TableName="messages")["Items"]
    assert {one["pk"]["S"]: one["status"]["S"] for one in item if "status" in one} == {
        json.loads(queued()["Records"][0]["body"])["detail"]["id"]: Status.SENT
    }
    assert [one["microusd"]["N"] for one in item if "microusd" in one] == ["10000"]
    said = on_the_stream()
    assert len({event.id for record in said for event in record.events}) == 1
    assert all(record.received_at >= before for record in said)
    logged = capsys.readouterr().out
    assert "5550100123" not in logged
    assert "1500" not in logged
    assert "messages_sent" in logged
    lines = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    behind = [line["behind_seconds"] for line in lines if line.get("message") == "messages handled"]
    assert len(behind) == 3
    assert all(0 <= one - QUEUED.total_seconds() < 60 for one in behind), "the alarm MessagesBehind reads it"


def test_the_rate_is_what_the_stack_says_else_the_accounts_and_other_channels_have_none(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Account:
        def get_account(self) -> dict[str, Any]:
            return {"SendQuota": {"MaxSendRate": 14.0, "Max24HourSend": 50_000.0, "SentLast24Hours": 1.0}}

    monkeypatch.setitem(clients._clients, "sesv2", Account())
    names = Environment.read(os.environ)

    def rate(names: Environment) -> float | None:
        made = module_of(names.queue).bootstrap(names, RUNTIME, bootstrap.outgoing_client)
        return bootstrap.rate(names, made)()

    assert rate(names) == 20
    assert rate(replace(names, queue="email", messages_per_second=None)) == 14 * USED
    assert rate(replace(names, queue="push", messages_per_second=None)) is None


@pytest.mark.parametrize("queue", QUEUES)
def test_every_channel_is_put_on_its_provider(
    aws: None, monkeypatch: pytest.MonkeyPatch, queue: Queue
) -> None:
    monkeypatch.setenv("QUEUE", queue)

    bootstrap.environment.cache_clear()
    sending = bootstrap.sending()

    ways = {channel: type(one.way).__name__ for channel, one in sending.preparations.items()}
    assert ways == {channel: f"{channel.capitalize()}Channel" for channel in QUEUES[queue]}
    assert isinstance(sending.messages, DynamoMessages)
