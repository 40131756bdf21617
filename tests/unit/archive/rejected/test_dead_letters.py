"""Rejected events of which no row can be made: dead letters, in nobody's way."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from functions.archive.packing import LARGEST_RECORD
from functions.archive.rejected import HELD_BYTES, archive_rejected
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.rejected_items import RejectedImages
from shared.failures import Unavailable
from shared.lake.rejected_rows import lines
from shared.rejected import RejectedRequest
from tests.fakes.delivery import FakeDelivery
from tests.unit.archive.rejected.records import FakeDeadLetters, counted, record, request, rows, sequence


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


def test_records_that_a_person_hands_over_fail_by_an_error(
    rejected: DynamoRejected, delivery: FakeDelivery, dead_letters: FakeDeadLetters
) -> None:
    """As `headrace deadletters retry archive` hands them over, which leaves the dead letter where it is then."""
    handed_over = record(rejected, request(1))
    del handed_over["dynamodb"]["SequenceNumber"]
    delivery.failing = True
    with pytest.raises(Unavailable):
        archive_rejected([handed_over], RejectedImages("workspace"), delivery, dead_letters)


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
