"""`headrace dead-letters` on moto: what waits, and bringing it back: each once, and no longer than it lasts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cli.main import typed
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws import clients, dead_letter_queues
from shared.aws.dead_letters import MOST_BYTES, SqsDeadLetters
from shared.aws.rejected import DynamoRejected
from shared.aws.stream import KinesisStream
from shared.bus_entries import EventBatch
from shared.ports import Unwritten
from shared.reasons import Code
from shared.records import DECIDED, encode
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.tee import TeedRequest
from tests.fakes.folding import NOON, did
from tests.fakes.pretended_aws import pretended_aws

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


def letter(data: bytes, key: str = "user:u1", error: str = "ValueError") -> bytes:
    fields = {"key": key, "sequence": "1", "error": error, "data": base64.b64encode(data).decode()}
    return json.dumps(fields).encode()


def message_requested(channel: str = "sms", number: int = 1) -> str:
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
        boto3.client("dynamodb").create_table(
            TableName="rejected",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )

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

    def bodies(self, url: str) -> list[str]:
        """Taken out."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found += [message["Body"] for message in messages]
        return found

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
            "requestContext": {"condition": "RetryAttemptsExhausted"},
            "payload": json.dumps({"Records": records}),
        }
        self.s3.put_object(Bucket="given-up", Key=key, Body=json.dumps(batch).encode())


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with pretended_aws(monkeypatch):
        made = Aws()
        monkeypatch.setattr(Stack, "load", lambda _=None: Stack("local", "", made.outputs()))
        monkeypatch.setattr("cli.commands.dead_letters.AT_THE_END", {"local": 0})
        yield made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(typed, ["dead-letters", *arguments])


def read(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def redriven(name: str, *options: str) -> dict[str, Any]:
    """What became of them, without what is nothing."""
    [said] = read("redrive", name, *options)
    return {key: value for key, value in said.items() if value and key != "name"}


def test_every_place_is_listed_with_how_much_waits_since_when_and_why(aws: Aws) -> None:
    assert (
        SqsDeadLetters(aws.process, "workspace").put([letter(b"1"), letter(b"2"), letter(b"3", error="E")])
        == []
    )
    aws.send(aws.sms_dead, message_requested())
    aws.send(aws.orders_dead, "{}", ERROR_CODE="NO_PERMISSIONS", TARGET_ARN=aws.arn(aws.orders))
    aws.give_up("aws/1", record())

    rows = {row["name"]: row for row in read()}

    assert [*rows] == ["process", "given-up", "tee", "Orders", "archive", "send-sms"]
    assert {name: row["waiting"] for name, row in rows.items()} == {
        "process": 3, "given-up": 1, "tee": 0, "Orders": 1, "archive": 0, "send-sms": 1
    }  # fmt: skip
    assert rows["process"]["reasons"] == {"ValueError": 2, "E": 1}
    assert rows["Orders"]["reasons"] == {"NO_PERMISSIONS": 1}
    age = datetime.now(UTC) - datetime.fromisoformat(rows["process"]["oldest"])
    assert timedelta(minutes=-1) < age < timedelta(minutes=1)
    shown = run().stdout
    assert "records of the stream whose content failed: 2 ValueError, 1 E" in shown
    assert "headrace dead-letters redrive NAME" in shown
    assert len(aws.bodies(aws.process)) == 3, "given back at once"


def test_a_queue_that_is_gone_is_said_and_hides_no_other(aws: Aws) -> None:
    aws.sqs.delete_queue(QueueUrl=aws.sms_dead)
    aws.send(aws.tee_dead, "x")

    rows = {row["name"]: row for row in read()}

    assert "NonExistentQueue" in rows["send-sms"]["problem"]
    assert rows["tee"]["waiting"] == 1
    ended = run("redrive", "send-sms")
    assert isinstance(ended.exception, Problem)


@pytest.mark.parametrize("large", [False, True])
def test_records_go_back_onto_the_stream_and_again_there_is_nothing(aws: Aws, large: bool) -> None:
    data = record(text="x" * (MOST_BYTES * 3 // 4 if large else 10))
    decided = DECIDED + b'{"a":1},"record":' + record("u2") + b"}"
    assert SqsDeadLetters(aws.process, "workspace").put([letter(data), letter(decided, "user:u2")]) == []

    assert redriven("process") == {"waited": 2, "brought_back": 2}
    assert sorted(aws.on_the_stream()) == [("user:u1", data), ("user:u2", decided)]
    assert run("redrive", "process").stdout == "process: nothing waits\n"
    assert len(aws.on_the_stream()) == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("not json", "process did not write it"),
        ("[]", "process did not write it"),
        ('{"key": "user:u1", "data": "!"}', "cannot read it"),
        (letter(b"garbage").decode(), "cannot read it"),
        (letter(DECIDED + b'{},"record":{}}').decode(), "cannot read it"),
        (
            '{"key": "user:u1", "data": null, "stored_at": "rejected/dead-letters/gone"}',
            "its time there is over",
        ),
    ],
)
def test_what_can_never_be_mended_is_left_and_said_and_saved_or_dropped_when_asked(
    aws: Aws, body: str, why: str, tmp_path: Path
) -> None:
    aws.send(aws.process, body, letter(record()).decode())

    ended = run("redrive", "process")

    assert ended.exit_code == 1
    assert "process: 1 brought back, 1 can never be brought back" in ended.stdout
    assert why in ended.stdout
    assert "--save FILE" in ended.stdout
    assert len(aws.on_the_stream()) == 1

    file = tmp_path / "kept.jsonl"
    ended = run("redrive", "process", "--save", str(file))
    assert ended.exit_code == 0
    assert str(file) in ended.stdout.replace("\n", "")
    assert file.stat().st_mode & 0o777 == 0o600, "there are people in it"
    [kept] = [json.loads(line) for line in file.read_text().splitlines()]
    assert kept["content"] == body
    assert aws.bodies(aws.process) == []


def test_what_fails_again_while_it_is_brought_back_waits_for_the_next_time(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cause is still there: each record is in the queue again before the next one is taken out of it."""
    for number in range(25):
        aws.send(aws.process, letter(record(f"u{number}")).decode())
    delete: Any = dead_letter_queues.delete

    def failing_again(url: str, letters: Any) -> Any:
        for one in letters:
            aws.send(aws.process, one.body)
        return delete(url, letters)

    monkeypatch.setattr(dead_letter_queues, "delete", failing_again)

    said = redriven("process")

    assert (said["waited"], said["brought_back"]) == (25, 25)
    assert len(aws.on_the_stream()) == 25
    assert len(aws.bodies(aws.process)) == 25


def test_what_the_stream_does_not_take_stays_and_its_neighbours_go(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in ("u1", "u2", "u3"):
        aws.send(aws.process, letter(record(user), f"user:{user}").decode())
    real = clients.client("kinesis").put_records

    def throttled(**asked: Any) -> Any:
        ours = [one for one in asked["Records"] if one["PartitionKey"] == "user:u2"]
        others = [one for one in asked["Records"] if one not in ours]
        if others:
            real(StreamName=asked["StreamName"], Records=others)
        return {
            "FailedRecordCount": len(ours),
            "Records": [{"ErrorCode": "Throttled"} if one in ours else {} for one in asked["Records"]],
        }

    monkeypatch.setattr(clients.client("kinesis"), "put_records", throttled)
    monkeypatch.setattr("shared.aws.item_retries.FIRST_PAUSE", 0)

    ended = run("redrive", "process")

    assert ended.exit_code == 1
    assert ended.stdout == "process: 2 brought back, 1 not taken by AWS, and still there\n"
    assert sorted(key for key, _ in aws.on_the_stream()) == ["user:u1", "user:u3"]
    assert len(aws.bodies(aws.process)) == 1


def test_one_that_sqs_does_not_delete_is_said_and_not_brought_back_twice_in_one_go(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.process, letter(record()).decode())
    sqs = clients.client("sqs")
    monkeypatch.setattr(
        sqs, "delete_message_batch", lambda **_: {"Failed": [{"Id": "0", "Code": "InternalError"}]}
    )
    monkeypatch.setattr(dead_letter_queues, "HELD_SECONDS", 0)

    assert redriven("process") == {"waited": 1, "brought_back": 1, "not_deleted": 1}
    assert len(aws.on_the_stream()) == 1


def test_messages_go_back_to_their_queue_and_what_is_none_stays(aws: Aws) -> None:
    aws.send(aws.sms_dead, *(message_requested(number=number) for number in range(12)), "not json")

    said = redriven("send-sms")

    assert (said["waited"], said["brought_back"]) == (13, 12)
    assert said["never"] == {"it is no request for a message: this version cannot read it": 1}
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
    ended = run("redrive", "order")
    assert isinstance(ended.exception, Problem)
    assert ended.exception.advice == "Did you mean Orders?"


def test_entries_for_a_target_that_is_no_queue_are_published_again_as_they_were(aws: Aws) -> None:
    """As https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html has them."""
    aws.events.create_event_bus(Name="partner")
    undelivered = aws.queue("headrace-local-RoutesRefundsDeadLetters1")
    aws.rule("refunds", "Event", PARTNER, undelivered, Description="Refunds")
    entry = {"source": "headrace", "detail-type": "Event", "detail": {"person": "user:u1"}, "id": "1"}
    aws.send(undelivered, json.dumps(entry), json.dumps({"made": "by the rule"}), TARGET_ARN=PARTNER)

    said = redriven("Refunds")

    assert said["brought_back"] == 1
    assert "its rule makes something else of one" in next(iter(said["never"]))
    [again] = [json.loads(body) for body in aws.bodies(aws.orders)]
    assert {name: again[name] for name in ("source", "detail-type", "detail")} == {
        name: entry[name] for name in ("source", "detail-type", "detail")
    }


def test_what_says_where_it_was_for_goes_there_where_a_rule_leads_to_several(aws: Aws) -> None:
    other = aws.queue("other")
    aws.rule("also", "Event", other, aws.orders_dead, Description="Also")
    aws.send(aws.orders_dead, "for the other", TARGET_ARN=aws.arn(other))
    aws.send(aws.orders_dead, "for nobody known", TARGET_ARN="arn:aws:sqs:us-east-1:1:strange")

    assert redriven("also")["brought_back"] == 2
    assert aws.bodies(other) + aws.bodies(aws.orders) != []
    assert "for the other" not in aws.bodies(aws.orders)


def test_batches_that_were_given_up_go_onto_the_stream_and_what_is_none_stays(
    aws: Aws, tmp_path: Path
) -> None:
    for number in range(3):
        aws.give_up(f"aws/{number}", record(f"u{number}"), record("both"))
    aws.s3.put_object(Bucket="given-up", Key="aws/strange", Body=b"hello")

    said = redriven("given-up")

    assert (said["waited"], said["brought_back"]) == (4, 3)
    assert len(aws.on_the_stream()) == 6
    assert [one["Key"] for one in aws.s3.list_objects_v2(Bucket="given-up")["Contents"]] == ["aws/strange"]
    file = tmp_path / "kept.jsonl"
    assert run("redrive", "given-up", "--save", str(file)).exit_code == 0
    assert json.loads(file.read_text())["content"] == "hello"
    assert aws.s3.list_objects_v2(Bucket="given-up")["KeyCount"] == 0


def test_a_batch_of_which_the_stream_takes_a_part_is_kept_whole(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.give_up("aws/1", record("u1"), record("u2"))
    monkeypatch.setattr(KinesisStream, "put", lambda *_: Unwritten([1]))

    assert redriven("given-up") == {"waited": 1, "not_written": 1}
    assert aws.s3.list_objects_v2(Bucket="given-up")["KeyCount"] == 1


def rejected(number: int, at: datetime = NOW) -> RejectedRequest:
    milliseconds = f"{int(at.timestamp() * 1000):012x}"
    reason = RejectedReason(code=Code.WRONG_TYPE, field="properties.amount", message="should be a number")
    return RejectedRequest(
        request=f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-{number:012d}", source="shop",
        protocol="twilio_segment", trust="server", received_at=at, expires_at=2_000_000_000,
        items=(RejectedItem(index=0, reasons=(reason,), body=b"{}"),),
    )  # fmt: skip


def test_rejected_events_that_the_lake_lacks_are_handed_to_archive(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One request that its letter names, and those of a stretch that the stream went on without."""
    handed: list[str] = []

    def invoke(_: str, payload: dict[str, Any]) -> Any:
        assert all(isinstance(one["dynamodb"]["NewImage"]["data"]["B"], str) for one in payload["Records"])
        handed.extend(one["dynamodb"]["Keys"]["sk"]["S"] for one in payload["Records"])

    monkeypatch.setattr("shared.aws.rejected_again.invoke", invoke)
    old = NOW - timedelta(days=1)
    kept = [
        rejected(1),
        *(rejected(number, old) for number in range(2, 14)),
        rejected(14, NOW - timedelta(hours=1)),
    ]
    assert DynamoRejected("rejected", "workspace").put(kept) == []
    items = boto3.client("dynamodb").scan(TableName="rejected")["Items"]
    [keys] = [{"pk": one["pk"], "sk": one["sk"]} for one in items if one["sk"]["S"] == kept[0].request]
    span = {f"approximateArrivalOf{which}Record": old.isoformat() for which in ("First", "Last")}
    gone = {"pk": {"S": "2026-01-01#1"}, "sk": {"S": "gone"}}
    aws.send(
        aws.archive_dead,
        json.dumps({"rejected": kept[0].request, "keys": keys}),
        json.dumps({"DDBStreamBatchInfo": span}),
        json.dumps({"rejected": "gone", "keys": gone}),
        json.dumps({"rejected": "gone"}),
    )

    said = redriven("archive")

    assert (said["waited"], said["brought_back"], sum(said["never"].values())) == (4, 2, 2)
    assert sorted(handed) == sorted(one.request for one in kept[:-1])


def test_a_name_that_is_none_is_told_which_there_are(aws: Aws) -> None:
    ended = run("redrive", "zzz")

    assert isinstance(ended.exception, Problem)
    assert ended.exception.advice == "There are: process, given-up, tee, Orders, archive, send-sms."
