"""Rejected events on their way from their table's stream to the lake: each a row."""

from __future__ import annotations

import json
import os
import random

import boto3
import pytest

from functions.archive import bootstrap, handler
from functions.archive.rejected import archive_rejected
from shared.aws.runtime import RUNTIME
from shared.aws.tables.failed_tries import DynamoFailedTries
from shared.aws.tables.rejected import LARGEST_ITEM, DynamoRejected
from shared.aws.tables.rejected_items import RejectedImages
from shared.failures import Unavailable
from shared.lake.rejected_rows import LONGEST, lines
from tests.fakes.delivery import FakeDelivery
from tests.unit.archive.rejected.records import (
    NOON,
    REASONS,
    FakeDeadLetters,
    counted,
    record,
    request,
    rows,
    sequence,
)


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


def test_what_process_notes_beside_the_events_is_no_row_and_no_dead_letter(
    delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    """How often it failed for a record, and that the record has a dead letter."""
    tries = DynamoFailedTries("rejected")
    tries.add("once", NOON)
    tries.note_dead_letter("at-once", NOON)
    items = boto3.client("dynamodb").scan(TableName="rejected")["Items"]
    changes = [{"Keys": {"pk": one["pk"], "sk": one["sk"]}, "NewImage": dict(one)} for one in items]
    records = [{"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": one} for one in changes]

    archived = archive_rejected(records, RejectedImages("workspace"), delivery, dead_letters)

    assert len(records) == 2
    assert archived == (None, counted())
    assert (delivery.records, dead_letters.letters) == ([], [])


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
    stage = bootstrap.Archive(os.environ, RUNTIME)
    stage.rejected_delivery = delivery
    monkeypatch.setattr(handler, "stage", lambda: stage)

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
