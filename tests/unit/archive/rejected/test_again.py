"""Rows that are not taken now: their records come again, and none is lost or twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from functions.archive.rejected import archive_rejected
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.rejected_items import RejectedImages
from shared.failures import Unavailable
from shared.lake.rejected_rows import lines
from shared.rejected import RejectedRequest
from tests.fakes.delivery import FakeDelivery
from tests.unit.archive.rejected.records import (
    FakeDeadLetters,
    Throttled,
    counted,
    record,
    request,
    rows,
    sequence,
)


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
