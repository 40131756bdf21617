"""An account with a stack's queues, rules and buckets; what waits in them; and the verb run on it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import boto3
from typer.testing import CliRunner, Result

from cli.main import typed
from shared.records import encode
from tests.fakes.folding import NOON, did
from tests.fakes.pretended_aws import rejected_table

BUS = "headrace-local"
NOW = datetime.now(UTC)
MILLISECONDS = f"{int(NOW.timestamp() * 1000):012x}"
REQUEST = f"{MILLISECONDS[:8]}-{MILLISECONDS[8:]}-7000-8000-000000000001"
PARTNER = "arn:aws:events:us-east-1:123456789012:event-bus/partner"


def record(user: str = "u1", text: str = "") -> bytes:
    """As `collect` writes one."""
    common = {
        "key": f"user:{user}", "source": "shop", "protocol": "twilio_segment", "trust": "server", "workspace": 1,
        "request": REQUEST, "received_at": NOON, "tally": {"received": 1, "accepted": 1, "rejected": 0},
    }  # fmt: skip
    event = did("View Item", user_id=user, properties={"text": text})
    return encode(common, [{**event.said(), "properties": {"text": text}}])


def dead_letter(data: bytes, key: str = "user:u1", error: str = "ValueError") -> bytes:
    """A record that failed, as `process` puts it aside."""
    fields = {"key": key, "sequence": "1", "error": error, "data": base64.b64encode(data).decode()}
    return json.dumps(fields).encode()


def message_requested(channel: str = "sms", number: int = 1) -> str:
    """An entry of the bus that asks for a message, as its queue delivers it."""
    detail = {
        "id": f"m{number}", "channel": channel, "campaign": "c", "person": "user:u1", "requested_at": NOON.isoformat(),
        "workspace": 1, "event": did("Complete Purchase").model_dump(mode="json"),
    }  # fmt: skip
    return json.dumps({"source": "headrace", "detail-type": "Message Requested", "detail": detail})


class Aws:
    """The queues, rules and buckets of a stack, as far as dead letters concern them."""

    def __init__(self) -> None:
        self.sqs, self.events, self.kinesis = (
            boto3.client("sqs"),
            boto3.client("events"),
            boto3.client("kinesis"),
        )
        self.s3 = boto3.client("s3")
        self.events.create_event_bus(Name=BUS)
        self.kinesis.create_stream(StreamName="stream", ShardCount=1)
        for bucket in ("workspace", "given-up"):
            self.s3.create_bucket(Bucket=bucket)
        self.process = self.queue("headrace-local-ProcessDeadLetters1")
        self.tee, self.tee_dead = self.work("Tee")
        self.sms, self.sms_dead = self.work("SendSmsRequests")
        self.archive, self.archive_dead = self.work("ArchiveBatches")
        self.orders, self.orders_dead = self.work("RoutesOrders")
        self.rule("sms", "Message Requested", self.sms, self.sms_dead, {"channel": ["sms"]})
        self.rule("archive", "Event Batch", self.archive, self.archive_dead)
        self.rule("orders", "Event", self.orders, self.orders_dead, Description="Orders")
        rejected_table()

    def outputs(self) -> dict[str, str]:
        return {
            "BusName": BUS, "StreamName": "stream", "WorkspaceBucket": "workspace", "GivenUpBucket": "given-up",
            "DeadLetterQueueUrl": self.process, "TeeQueueUrl": self.tee, "TeeDeadLetterQueueUrl": self.tee_dead,
            "RejectedTable": "rejected", "ArchiveFunction": "archive",
        }  # fmt: skip

    def queue(self, name: str, policy: dict[str, Any] | None = None) -> str:
        return self.sqs.create_queue(
            QueueName=name, Attributes={"RedrivePolicy": json.dumps(policy)} if policy else {}
        )["QueueUrl"]

    def work(self, name: str) -> tuple[str, str]:
        dead = self.queue(f"headrace-local-{name}DeadLetters1")
        policy = {"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": 5}
        return self.queue(f"headrace-local-{name}Queue1", policy), dead

    def arn(self, url: str) -> str:
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]

    def rule(self, name: str, type_: str, target: str, dead: str, detail: Any = None, **fields: Any) -> None:
        pattern = {"source": ["headrace"], "detail-type": [type_], **({"detail": detail} if detail else {})}
        self.events.put_rule(Name=name, EventBusName=BUS, EventPattern=json.dumps(pattern), **fields)
        arn = target if target.startswith("arn:") else self.arn(target)
        self.events.put_targets(
            Rule=name,
            EventBusName=BUS,
            Targets=[{"Id": "1", "Arn": arn, "DeadLetterConfig": {"Arn": self.arn(dead)}}],
        )

    def send(self, url: str, *bodies: str, **attributes: str) -> None:
        said: Any = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        for body in bodies:
            self.sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=said)

    def messages(self, url: str) -> list[Any]:
        """Taken out."""
        found: list[Any] = []
        while messages := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", []):
            found += messages
        return found

    def bodies(self, url: str) -> list[str]:
        """Taken out."""
        return [message["Body"] for message in self.messages(url)]

    def given_up(self) -> list[str]:
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket="given-up").get("Contents", [])]

    def on_the_stream(self) -> list[tuple[str, bytes]]:
        (shard,) = self.kinesis.list_shards(StreamName="stream")["Shards"]
        iterator = self.kinesis.get_shard_iterator(
            StreamName="stream", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return [
            (found["PartitionKey"], found["Data"])
            for found in self.kinesis.get_records(ShardIterator=iterator)["Records"]
        ]

    def give_up(self, key: str, *data: bytes) -> None:
        """As https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html shows it."""
        records = [
            {"kinesis": {"partitionKey": "user:u1", "data": base64.b64encode(one).decode()}} for one in data
        ]
        batch = {
            "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 7},
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "KinesisBatchInfo": {"shardId": "shardId-000000000001", "batchSize": len(records)},
            "payload": json.dumps({"Records": records}),
        }
        self.s3.put_object(Bucket="given-up", Key=key, Body=json.dumps(batch).encode())


def run(*arguments: str, typed_in: str | None = None) -> Result:
    """`headrace deadletters` with these arguments."""
    return CliRunner().invoke(typed, ["deadletters", *arguments], input=typed_in)


def read(*arguments: str) -> Any:
    """What it says to programs."""
    ended = run(*arguments, "--json")
    assert ended.stdout, ended.exception
    return json.loads(ended.stdout)


def redriven(name: str, *options: str) -> dict[str, Any]:
    """What became of them, without what is nothing."""
    [said] = read("retry", name, *options)
    return {key: value for key, value in said.items() if value and key not in ("name", "ids", "passed_over")}
