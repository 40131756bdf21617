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
from cli.redriving.redriving import MOST_PAUSES, TOO_LARGE
from cli.stacks import Stack
from shared.aws import clients
from shared.aws.queues import dead_letter_queues, given_up
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.aws.queues.dead_letters import MOST_BYTES, SqsDeadLetters
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.rejected import DynamoRejected
from shared.bus_entries import EventBatch
from shared.failures import Unwritten
from shared.plan.reasons import Code
from shared.records import DECIDED, encode
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.tee import TeedRequest
from tests.fakes.folding import NOON, did
from tests.fakes.pretended_aws import pretended_aws, rejected_table

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
        ("not json", "`process` did not write it"),
        ("[]", "`process` did not write it"),
        ('{"key": "user:u1", "data": "!"}', "cannot read it"),
        (letter(b"garbage").decode(), "cannot read it"),
        (letter(DECIDED + b'{},"record":{}}').decode(), "cannot read it"),
        (
            '{"key": "user:u1", "data": null, "stored_at": "rejected/dead-letters/gone"}',
            "has expired",
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
    assert ended.stdout == "process: 2 brought back, 1 not accepted by AWS, and still there\n"
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
    assert "its rule transforms entries" in next(iter(said["never"]))
    [again] = [json.loads(body) for body in aws.bodies(aws.orders)]
    assert {name: again[name] for name in ("source", "detail-type", "detail")} == {
        name: entry[name] for name in ("source", "detail-type", "detail")
    }


def test_what_says_where_it_was_for_goes_there_where_a_rule_leads_to_several(aws: Aws) -> None:
    other = aws.queue("other")
    aws.rule("also", "Event", other, aws.orders_dead, Description="Also")
    aws.send(aws.orders_dead, "for the other", TARGET_ARN=aws.arn(other))
    aws.send(aws.orders_dead, "of either")

    said = redriven("also")

    assert (said["brought_back"], sum(said["of_others"].values())) == (1, 1)
    assert aws.bodies(other) == ["for the other"]
    assert aws.bodies(aws.orders) == []
    assert aws.bodies(aws.orders_dead) == ["of either"]


def test_what_came_from_a_queue_of_others_is_neither_moved_nor_saved_nor_dropped(
    aws: Aws, tmp_path: Path
) -> None:
    """Their queue names the same one for its dead letters: of these nothing is ours, whatever they hold."""
    invoices = "arn:aws:sqs:us-east-1:123456789012:billing-payments"
    aws.send(aws.orders_dead, "pay invoice 7", TARGET_ARN=invoices)
    aws.send(aws.orders_dead, "an order")

    for brought_back in (1, 0):
        ended = run("redrive", "orders", "--save", str(tmp_path / "kept.jsonl"))
        assert ended.exit_code == 0, "nothing of ours is there still"
        assert ("1 brought back" in ended.stdout) == bool(brought_back)
        assert "1 left to others" in ended.stdout
        assert "came from another queue" in ended.stdout

    assert aws.bodies(aws.orders) == ["an order"]
    assert (tmp_path / "kept.jsonl").read_text() == ""
    assert aws.bodies(aws.orders_dead) == ["pay invoice 7"]


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


def test_what_somebody_else_holds_is_said_and_not_taken_for_nothing(aws: Aws) -> None:
    """A redrive that was killed, for example: SQS gives what it received again after five minutes."""
    aws.send(aws.orders_dead, "old")
    dead_letter_queues.receive(aws.orders_dead, wait=0)
    aws.send(aws.orders_dead, "another")

    ended = run("redrive", "orders")

    assert ended.exit_code == 1
    assert "Orders: 1 brought back, 1 not received, and still there" in ended.stdout
    assert "5 minutes" in ended.stdout
    ended = run("redrive", "orders")
    assert (ended.exit_code, "nothing waits" in ended.stdout) == (1, False)


def test_an_estimate_that_was_too_high_is_no_message_that_somebody_holds(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.send(aws.orders_dead, "one")
    monkeypatch.setattr("cli.commands.dead_letters._waiting", lambda _: 3)
    assert redriven("orders") == {"waited": 3, "brought_back": 1}


@pytest.mark.parametrize(("receives", "is_all"), [(9, True), (10, False), (11, False)])
def test_it_is_not_all_when_so_much_came_meanwhile_that_the_rest_was_not_reached(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, receives: int, is_all: bool
) -> None:
    later = datetime.now(UTC) + timedelta(minutes=1)
    new = [DeadLetter(f"n{number}", "h", "new", later) for number in range(receives)]
    aws.send(aws.orders_dead, "old")
    receive: Any = dead_letter_queues.receive
    monkeypatch.setattr(
        dead_letter_queues, "receive", lambda url, **asked: [new.pop()] if new else receive(url, **asked)
    )
    monkeypatch.setattr(dead_letter_queues, "give_back", lambda *_: None)

    ended = run("redrive", "orders")

    assert ended.exit_code == (0 if is_all else 1)
    assert ("Stopped: " in ended.stdout) is not is_all
    assert aws.bodies(aws.orders) == (["old"] if is_all else [])


def test_batches_that_were_given_up_go_onto_the_stream_and_what_is_none_stays(
    aws: Aws, tmp_path: Path
) -> None:
    for number in range(3):
        aws.give_up(f"aws/{number}", record(f"u{number}"), record("both"))
    aws.s3.put_object(Bucket="given-up", Key="aws/strange", Body=b"hello")

    said = redriven("given-up")

    assert (said["waited"], said["brought_back"]) == (4, 3)
    assert len(aws.on_the_stream()) == 6
    assert aws.given_up() == ["aws/strange"]
    file = tmp_path / "kept.jsonl"
    assert run("redrive", "given-up", "--save", str(file)).exit_code == 0
    assert json.loads(file.read_text())["content"] == "hello"
    assert aws.given_up() == []


def limited(monkeypatch: pytest.MonkeyPatch, *takes: int, refuses: bytes | None = None) -> list[bytes]:
    """A stream that takes so many records of each call, then none; what it took. Every try is one call."""
    taken: list[bytes] = []
    room = list(takes)

    def put(_: KinesisStream, entries: Any) -> Unwritten:
        most = room.pop(0) if room else 0
        refused = [position for position, entry in enumerate(entries) if entry.data == refuses]
        others = [position for position in range(len(entries)) if position not in refused]
        taken.extend(entries[position].data for position in others[:most])
        return Unwritten(others[most:], refused)

    monkeypatch.setattr(KinesisStream, "put", put)
    monkeypatch.setattr("cli.redriving.redriving.PAUSE_SECONDS", 0)
    return taken


def test_a_batch_that_a_shard_cannot_take_at_once_is_brought_back_all_the_same_each_record_once(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shard takes 1 MB a second, and a batch is up to 6 MB, all of one shard."""
    records = [record(f"u{number}") for number in range(10)]
    aws.give_up("aws/1", *records)
    in_vain = [0] * MOST_PAUSES
    taken = limited(monkeypatch, 3, *in_vain, 3, 0, 3, *in_vain, 3)

    assert redriven("given-up") == {"waited": 1, "brought_back": 1}
    assert taken == records
    assert aws.given_up() == []


def test_of_a_batch_of_which_the_stream_takes_a_part_only_the_others_are_kept(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [record(f"u{number}") for number in range(4)]
    aws.give_up("aws/1", *records)
    other = record("v")
    aws.give_up("aws/2", other)
    with monkeypatch.context() as patched:
        taken = limited(patched, 1, 0, 1)
        assert redriven("given-up") == {"waited": 2, "not_written": 2}
        assert taken == records[:2]
        assert aws.given_up() == ["aws/1", "aws/2"]
        assert [entry.data for entry in given_up.read("given-up", "aws/1").entries] == records[2:]

    assert redriven("given-up") == {"waited": 2, "brought_back": 2}
    assert [data for _, data in aws.on_the_stream()] == [*records[2:], other]


def test_while_the_stream_takes_nothing_every_batch_is_tried_once_and_the_first_longer(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        aws.give_up(f"aws/{number}", record(f"u{number}"))
    tries: list[int] = []

    def put(_: KinesisStream, entries: Any) -> Unwritten:
        tries.append(len(entries))
        return Unwritten(range(len(entries)))

    monkeypatch.setattr(KinesisStream, "put", put)
    monkeypatch.setattr("cli.redriving.redriving.PAUSE_SECONDS", 0)

    assert redriven("given-up") == {"waited": 3, "not_written": 3}
    assert len(tries) == 1 + MOST_PAUSES + 2


def test_a_record_that_the_stream_refuses_stays_alone_until_it_is_saved(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good, bad = record("good"), record("bad")
    aws.give_up("aws/1", good, bad)
    taken = limited(monkeypatch, 1, refuses=bad)

    said = redriven("given-up")
    assert said == {"waited": 1, "never": {TOO_LARGE: 1}}
    assert [entry.data for entry in given_up.read("given-up", "aws/1").entries] == [bad]

    file = tmp_path / "kept.jsonl"
    ended = run("redrive", "given-up", "--save", str(file))
    assert ended.exit_code == 0
    [kept] = [json.loads(line) for line in file.read_text().splitlines()]
    assert (kept["id"], kept["reason"]) == ("aws/1", TOO_LARGE)
    aws.s3.put_object(Bucket="given-up", Key="again", Body=kept["content"].encode())
    assert [entry.data for entry in given_up.read("given-up", "again").entries] == [bad]
    assert aws.given_up() == ["again"]
    assert taken == [good]


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

    monkeypatch.setattr("shared.aws.tables.rejected_again.invoke", invoke)
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
