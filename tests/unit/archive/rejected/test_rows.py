"""Rejected events on their way from their table's stream to the lake: each a row, none lost, none in another's way."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from functions.archive import bootstrap, handler
from functions.archive.packing import LARGEST_RECORD
from functions.archive.rejected import HELD_BYTES, archive_rejected
from shared.aws.tables.rejected import LARGEST_ITEM, DynamoRejected
from shared.aws.tables.rejected_items import RejectedImages
from shared.failures import Unavailable, Unwritten
from shared.lake.rejected_rows import LONGEST, lines
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from tests.fakes.delivery import FakeDelivery
from tests.fakes.pretended_aws import pretended_aws, rejected_table

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
        rejected_table()
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
    change = {"Keys": keys, "NewImage": image, "SequenceNumber": sequence(stored)}
    return {"eventSource": "aws:dynamodb", "eventName": name, "dynamodb": change}


def sequence(stored: RejectedRequest) -> str:
    return f"7000{stored.request[-12:]}"


def counted(events: int = 0, *, unarchived: int = 0, gone: int = 0, again: int = 0) -> dict[str, int]:
    return {
        "rejected_events": events,
        "rejected_unarchived": unarchived,
        "rejected_gone": gone,
        "rejected_again": again,
    }


def rows(delivery: FakeDelivery) -> list[dict[str, Any]]:
    return [json.loads(line) for line in delivery.lines]


def test_each_rejected_event_is_a_row(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    records = [record(rejected, request(1, events=2)), record(rejected, request(2))]

    archived = archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)

    assert archived == (None, counted(3))
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

    archived = archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)

    assert archived == (None, counted())
    assert delivery.records == []


def test_what_is_too_large_for_the_table_is_read_from_the_bucket(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    noise = random.Random(1).randbytes(LARGEST_ITEM * 2)
    large = record(rejected, request(1, body=noise))
    assert "s3" in large["dynamodb"]["NewImage"]

    archive_rejected([large], RejectedImages("workspace"), delivery, dead_letters)

    assert [row["event_id"] for row in rows(delivery)] == ["e0"]


def test_what_the_bucket_has_deleted_is_counted_as_gone_and_holds_nobody_up(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    gone = record(rejected, request(1))
    gone["dynamodb"]["NewImage"] = {"s3": {"S": "rejected/none"}, "replayed": {"M": {}}}

    archived = archive_rejected(
        [gone, record(rejected, request(2))], RejectedImages("workspace"), delivery, dead_letters
    )

    assert archived == (None, counted(1, gone=1))
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

    archived = archive_rejected(
        [bad, record(rejected, request(2))], RejectedImages("workspace"), delivery, dead_letters
    )

    assert archived == (None, counted(1, unarchived=1))
    assert [letter["rejected"] for letter in dead_letters.letters] == [request(1).request]


def test_a_request_whose_rows_cannot_be_made_is_a_dead_letter_and_the_others_rows(
    rejected: DynamoRejected,
    delivery: FakeDelivery,
    dead_letters: FakeDeadLetters,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever fault of ours it is: the stream must not stand still behind it until its records are forgotten."""

    def faulty(one: RejectedRequest) -> list[bytes]:
        match one.request[-1]:
            case "1":
                raise IndexError("a fault in a request")
            case "2":
                return [b"x" * (LARGEST_RECORD + 1)]
        return lines(one)

    monkeypatch.setattr("functions.archive.rejected.lines", faulty)
    records = [record(rejected, request(n)) for n in (1, 2, 3)]

    archived = archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)

    assert archived == (None, counted(1, unarchived=2))
    assert [row["rejected_id"][-3:] for row in rows(delivery)] == ["3-0"]
    assert [letter["rejected"] for letter in dead_letters.letters] == [
        request(1).request,
        request(2).request,
    ]


@pytest.mark.parametrize("held_bytes", [1, HELD_BYTES])
def test_rows_that_firehose_refuses_are_dead_letters_alone(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters, held_bytes: int
) -> None:
    delivery.poison = b"000000000001-"
    records = [record(rejected, request(n, events=2)) for n in (1, 2)]

    archived = archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters, held_bytes)

    assert archived == (None, counted(2, unarchived=1))
    assert [row["rejected_id"][-3:] for row in rows(delivery)] == ["2-0", "2-1"]
    assert [letter["rejected"] for letter in dead_letters.letters] == [request(1).request]


class Throttled(FakeDelivery):
    """Takes so many calls, then none."""

    def __init__(self, calls: int, *, raises: bool) -> None:
        super().__init__()
        self.calls, self._raises = calls, raises
        self.largest = 0

    def put(self, records: Sequence[bytes]) -> Unwritten:
        self.largest = max(self.largest, sum(map(len, records)))
        if self.calls == 0 and self._raises:
            raise Unavailable("throttled")
        if self.calls == 0:
            self.refusing = set(range(len(records)))
        self.calls = max(0, self.calls - 1)
        return super().put(records)


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize(("calls", "first"), [(0, 0), (1, 0), (2, 1), (5, 2), (6, None)])
def test_records_come_again_from_the_first_that_has_rows_behind(
    rejected: DynamoRejected, dead_letters: FakeDeadLetters, calls: int, first: int | None, raises: bool
) -> None:
    """Of three requests of two rows, each row put by itself."""
    requests = [request(n, events=2) for n in (1, 2, 3)]
    records = [record(rejected, one) for one in requests]
    delivery = Throttled(calls, raises=raises)
    images = RejectedImages("workspace")

    archived = archive_rejected(records, images, delivery, dead_letters, held_bytes=1)

    assert len(delivery.records) == calls
    if first is None:
        assert archived == (None, counted(6))
        return
    assert archived == (sequence(requests[first]), counted(2 * first, again=3 - first))
    delivery.calls = 6
    assert archive_rejected(records[first:], images, delivery, dead_letters, 1).again is None
    assert {row["rejected_id"] for row in rows(delivery)} == {
        f"{one.request}-{n}" for one in requests for n in (0, 1)
    }
    assert len(rows(delivery)) <= 6 + 1  # at most a part of the first request twice


def test_a_refusal_before_the_rows_left_behind_is_a_dead_letter_now_and_one_after_them_later(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    records = [record(rejected, request(n)) for n in (1, 2, 3)]
    for bad in (records[0], records[2]):
        bad["dynamodb"]["NewImage"] = {}
    delivery.failing = True
    images = RejectedImages("workspace")

    archived = archive_rejected(records, images, delivery, dead_letters)

    assert archived == (sequence(request(2)), counted(unarchived=1, again=2))
    assert [letter["rejected"] for letter in dead_letters.letters] == [request(1).request]


def test_what_the_bucket_does_not_give_now_comes_again_and_what_is_before_it_does_not(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    class Failing(RejectedImages):
        def read(self, image: Mapping[str, Any]) -> RejectedRequest | None:
            if "s3" in image:
                raise Unavailable("slow down")
            return super().read(image)

    records = [record(rejected, request(n)) for n in (1, 2, 3)]
    records[1]["dynamodb"]["NewImage"] = {"s3": {"S": "rejected/one"}, "replayed": {"M": {}}}

    archived = archive_rejected(records, Failing("workspace"), delivery, dead_letters)

    assert archived == (sequence(request(2)), counted(1, again=2))
    assert [row["rejected_id"][-3:] for row in rows(delivery)] == ["1-0"]
    assert dead_letters.letters == []


def test_no_more_rows_are_held_than_fit_into_a_call_whatever_the_batch_has(
    rejected: DynamoRejected, dead_letters: FakeDeadLetters, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = Throttled(1_000, raises=True)
    behind: list[int] = []

    def watched(one: RejectedRequest) -> list[bytes]:
        """How many bytes of the requests before are not delivered when the next one's rows are made."""
        behind.append(made[0] - sum(map(len, delivery.records)))
        found = lines(one)
        made[0] += sum(map(len, found))
        return found

    made = [0]
    monkeypatch.setattr("functions.archive.rejected.lines", watched)
    records = [record(rejected, request(n, events=20)) for n in range(1, 11)]

    archived = archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters, 15_000)

    assert archived == (None, counted(200))
    assert made[0] > 5 * 15_000
    assert 10_000 < delivery.largest <= 15_000
    assert max(behind) <= 15_000


def test_records_that_a_person_hands_over_fail_by_an_error(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    """As `headrace dead-letters redrive archive` hands them over, which leaves the dead letter where it is then."""
    handed_over = record(rejected, request(1))
    del handed_over["dynamodb"]["SequenceNumber"]
    delivery.failing = True
    with pytest.raises(Unavailable):
        archive_rejected([handed_over], RejectedImages("workspace"), delivery, dead_letters)


def test_rows_that_stay_behind_come_again_and_are_shown_once(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    records = [record(rejected, request(1))]
    images = RejectedImages("workspace")
    delivery.refusing = {0}
    assert archive_rejected(records, images, delivery, dead_letters).again == sequence(request(1))

    assert archive_rejected(records, images, delivery, dead_letters).again is None
    assert archive_rejected(records, images, delivery, dead_letters).again is None  # as the stream may

    assert len({row["rejected_id"] for row in rows(delivery)}) == 1


def test_a_record_whose_dead_letter_cannot_be_written_comes_again(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    bad = record(rejected, request(2))
    bad["dynamodb"]["NewImage"] = {}
    dead_letters.failing = True

    archived = archive_rejected(
        [record(rejected, request(1)), bad], RejectedImages("workspace"), delivery, dead_letters
    )

    assert archived == (sequence(request(2)), counted(1, again=1))


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
        "DEAD_LETTER_QUEUE_URL": queue,
    }.items():
        monkeypatch.setenv(name, value)
    for made in (bootstrap.rejected_images, bootstrap.dead_letters):
        made.cache_clear()
    monkeypatch.setattr(handler, "rejected_delivery", lambda: delivery)

    answer = handler.lambda_handler({"Records": [record(rejected, request(1))]}, None)

    assert answer == {"batchItemFailures": []}
    assert len(rows(delivery)) == 1

    behind = {"Records": [record(rejected, request(2))]}
    delivery.failing = True
    with pytest.raises(Unavailable):  # on the laptop, whose stream goes on after any answer
        handler.lambda_handler(behind, None)
    monkeypatch.setenv("RESUMES_STREAMS", "1")
    answer = handler.lambda_handler(behind, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence(request(2))}]}
