"""Rejected events on their way from their table's stream to the lake: each a row, none lost, none in another's way."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from functions.archive import handler
from functions.archive.rejected import archive_rejected
from shared.aws.rejected import LARGEST_ITEM, DynamoRejected
from shared.aws.rejected_items import RejectedImages
from shared.lake_rejected_rows import LONGEST, lines
from shared.ports import Unavailable, Unwritten
from shared.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from tests.fakes.delivery import FakeDelivery
from tests.fakes.pretended_aws import pretended_aws

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REASONS = (
    RejectedReason(code=Code.WRONG_TYPE, field="properties.amount", message="should be a number"),
    RejectedReason(code=Code.MISSING_PROPERTY, field="properties.currency", message="is missing"),
)


class FakeDeadLetters:
    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []
        self.failing = False

    def put(self, letters: Sequence[bytes]) -> Unwritten:
        if self.failing:
            return Unwritten(range(len(letters)))
        self.letters += map(json.loads, letters)
        return Unwritten()


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(handler.metrics.provider, "namespace", "Headrace")
    with pretended_aws(monkeypatch):
        boto3.client("s3").create_bucket(Bucket="workspace")
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
        yield


@pytest.fixture
def rejected() -> DynamoRejected:
    return DynamoRejected("rejected", "workspace")


@pytest.fixture
def delivery() -> FakeDelivery:
    return FakeDelivery()


@pytest.fixture
def dead_letters() -> FakeDeadLetters:
    return FakeDeadLetters()


def request(number: int, *, events: int = 1, body: bytes = b"{}") -> RejectedRequest:
    items = tuple(
        RejectedItem(
            index=n, event_id=f"e{n}", name="Complete Purchase", user_id="u1", reasons=REASONS, body=body
        )
        for n in range(events)
    )
    return RejectedRequest(
        request=f"019aa6f5-2c00-7000-8000-{number:012d}",
        source="shop",
        protocol="twilio_segment",
        trust="server",
        received_at=NOON,
        expires_at=1,
        items=items,
    )


def record(rejected: DynamoRejected, stored: RejectedRequest, name: str = "INSERT") -> dict[str, Any]:
    """What Lambda is given of the item: bytes are base64."""
    rejected.put([stored])
    items = boto3.client("dynamodb").scan(TableName="rejected")["Items"]
    [item] = [item for item in items if item["sk"]["S"] == stored.request]
    image: dict[str, Any] = dict(item)
    if "data" in item:
        image["data"] = {"B": base64.b64encode(item["data"]["B"]).decode()}
    keys = {"pk": item["pk"], "sk": item["sk"]}
    return {"eventSource": "aws:dynamodb", "eventName": name, "dynamodb": {"Keys": keys, "NewImage": image}}


def rows(delivery: FakeDelivery) -> list[dict[str, Any]]:
    return [json.loads(line) for line in delivery.lines]


def test_each_rejected_event_is_a_row(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    records = [record(rejected, request(1, events=2)), record(rejected, request(2))]

    counts = archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)

    assert counts == {"rejected_events": 3, "rejected_unarchived": 0}
    assert len(delivery.records) == 1
    assert rows(delivery)[1] == {
        "rejected_id": "019aa6f5-2c00-7000-8000-000000000001-1",
        "event_id": "e1",
        "name": "Complete Purchase",
        "source": "shop",
        "protocol": "twilio_segment",
        "user_id": "u1",
        "code": "wrong_type",
        "field": "properties.amount",
        "message": "should be a number",
        "reasons": json.dumps([reason.model_dump(mode="json") for reason in REASONS], separators=(",", ":")),
        "received_at": "2026-11-21 12:00:00.000",
    }


def test_a_mark_that_one_was_replayed_and_the_end_of_its_time_are_no_rows(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    expired = {"eventSource": "aws:dynamodb", "eventName": "REMOVE", "dynamodb": {"Keys": {}}}
    records = [record(rejected, request(1), "MODIFY"), expired]

    assert (
        archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)["rejected_events"] == 0
    )
    assert delivery.records == []


def test_what_is_too_large_for_the_table_is_read_from_the_bucket(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    noise = random.Random(1).randbytes(LARGEST_ITEM * 2)
    large = record(rejected, request(1, body=noise))
    assert "s3" in large["dynamodb"]["NewImage"]

    archive_rejected([large], RejectedImages("workspace"), delivery, dead_letters)

    assert [row["event_id"] for row in rows(delivery)] == ["e0"]


def test_what_the_bucket_has_deleted_is_gone_and_holds_nobody_up(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    gone = record(rejected, request(1))
    gone["dynamodb"]["NewImage"] = {"s3": {"S": "rejected/none"}, "replayed": {"M": {}}}

    archive_rejected(
        [gone, record(rejected, request(2))], RejectedImages("workspace"), delivery, dead_letters
    )

    assert len(rows(delivery)) == 1
    assert dead_letters.letters == []


@pytest.mark.parametrize(
    "image",
    [
        {"data": {"B": "no base64!"}, "replayed": {"M": {}}},
        {"data": {"B": base64.b64encode(b"no zlib").decode()}, "replayed": {"M": {}}},
        {"data": {"B": base64.b64encode(b"x\x9c\x03\x00\x00\x00\x00\x01").decode()}, "replayed": {"M": {}}},
        {},
    ],
)
def test_an_item_that_cannot_be_read_is_a_dead_letter_and_the_others_rows(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters, image: dict[str, Any]
) -> None:
    bad = record(rejected, request(1))
    bad["dynamodb"]["NewImage"] = image

    counts = archive_rejected(
        [bad, record(rejected, request(2))], RejectedImages("workspace"), delivery, dead_letters
    )

    assert counts == {"rejected_events": 1, "rejected_unarchived": 1}
    assert [letter["rejected"] for letter in dead_letters.letters] == [request(1).request]


def test_rows_that_firehose_refuses_are_dead_letters_alone(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    delivery.poison = b"000000000001-0"

    archive_rejected(
        [record(rejected, request(n)) for n in (1, 2)], RejectedImages("workspace"), delivery, dead_letters
    )

    assert [row["rejected_id"][-3:] for row in rows(delivery)] == ["2-0"]
    assert [letter["rejected"] for letter in dead_letters.letters] == [request(1).request]


def test_rows_that_stay_behind_fail_the_batch_which_comes_again(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    records = [record(rejected, request(1))]
    delivery.refusing = {0}
    with pytest.raises(Unavailable):
        archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)
    delivery.failing = True
    with pytest.raises(Unavailable):
        archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)
    delivery.failing = False

    archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)
    archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)  # as the stream may

    assert len({row["rejected_id"] for row in rows(delivery)}) == 1


def test_a_dead_letter_that_cannot_be_written_fails_the_batch(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    bad = record(rejected, request(1))
    bad["dynamodb"]["NewImage"] = {}
    dead_letters.failing = True
    with pytest.raises(Unavailable):
        archive_rejected([bad], RejectedImages("workspace"), delivery, dead_letters)


def test_long_texts_are_cut_and_halves_of_signs_mended() -> None:
    item = request(1).items[0].model_copy(update={"name": "x" * 50_000, "user_id": "a\ud83d"})

    [line] = lines(request(1).model_copy(update={"items": (item,)}))

    assert len(json.loads(line)["name"]) == LONGEST
    assert json.loads(line)["user_id"] == "a\ufffd"


def test_the_handler_knows_the_stream_from_the_queue(
    rejected: DynamoRejected, delivery: FakeDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = boto3.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    for name, value in {
        "WORKSPACE_BUCKET": "workspace",
        "REJECTED_DELIVERY_STREAM": "lake-rejected",
        "DEAD_LETTER_QUEUE_URL": queue,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(handler, "FirehoseDelivery", lambda stream: delivery)  # noqa: ARG005  by its name

    answer = handler.lambda_handler({"Records": [record(rejected, request(1))]}, None)

    assert answer == {"batchItemFailures": []}
    assert len(rows(delivery)) == 1
