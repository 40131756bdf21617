"""A mapping with a stream: lanes, windows, shards in order, batches that are cut, tried again and given up."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from simulation.aws.account import Account
from simulation.functions.function import Function
from simulation.mappings import given_up
from simulation.mappings.deliveries import Deliveries
from simulation.mappings.source import KinesisSource
from simulation.mappings.stream import StreamMapping
from simulation.scheduler import Scheduler

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DESCRIBED = {
    "batch": 4, "window": 1, "lanes": 1, "bisects": True, "oldest": 3600, "retries": -1, "reports": False,
    "on_failure": "bucket:given-up",
}  # fmt: skip


class Reading:
    """A stream whose records are numbers, and a function that fails for some of them."""

    def __init__(self, *, shards: int = 1, **described: Any) -> None:
        self.scheduler = Scheduler(NOON, random.Random(1))
        self.account = Account(self.scheduler, random.Random(2), sleep=self.scheduler.sleep)
        self.stream = self.account.kinesis.create("stream", shards=shards)
        self.bucket = self.account.s3.create("given-up")
        self.calls: list[list[int]] = []
        self.done: list[int] = []
        self.at: list[float] = []
        self.fails: Callable[[Sequence[int]], bool] = lambda _: False
        self.answer: Callable[[Sequence[dict[str, Any]]], Any] = lambda _: None
        self.deliveries = Deliveries(longest_pause=10)
        function = Function(
            "reader", 30, lambda _environment, _is_older: self._handle, self.scheduler, lambda _: None
        )
        self.mapping = StreamMapping(
            DESCRIBED | described,
            KinesisSource(self.stream),
            function,
            self.scheduler,
            random.Random(3),
            self.deliveries,
            lambda batch: given_up.put(
                batch, "bucket:given-up", self.account, self.scheduler.now(), random.Random(4)
            ),
        )
        self.mapping.refresh()

    def put(self, *numbers: int, key: str = "k") -> None:
        for number in numbers:
            self.stream.put(key, str(number).encode())
        self.scheduler.give(self.mapping.arrived)

    def run(self, **more: float) -> None:
        self.scheduler.run(self.scheduler.now() + timedelta(**more))

    def _handle(self, event: dict[str, Any], _: object) -> Any:
        numbers = [int(base64.b64decode(one["kinesis"]["data"])) for one in event["Records"]]
        self.calls.append(numbers)
        self.at.append(self.scheduler.ticks())
        self.scheduler.sleep(0.1)
        if self.fails(numbers):
            raise ValueError
        self.done += numbers
        return self.answer(event["Records"])


def test_records_of_a_window_come_together_and_a_full_batch_at_once() -> None:
    reading = Reading()
    reading.put(1)
    reading.run(seconds=0.5)
    reading.put(2)
    reading.run(seconds=2)
    reading.put(3, 4, 5, 6, 7)
    reading.run(seconds=5)

    assert reading.calls == [[1, 2], [3, 4, 5, 6], [7]]
    assert reading.at[0] == 1.0
    assert reading.at[1] == 2.5


def test_a_batch_that_fails_is_cut_in_two_until_the_record_at_fault_is_alone_and_what_is_behind_waits() -> (
    None
):
    reading = Reading()
    reading.fails = lambda numbers: 3 in numbers
    reading.put(1, 2, 3, 4, 5)
    reading.run(minutes=5)

    assert reading.calls[:5] == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3]]
    assert reading.done == [1, 2]

    reading.fails = lambda _: False
    reading.run(minutes=5)
    assert reading.done == [1, 2, 3, 4, 5]


def test_what_is_too_old_is_given_up_with_all_that_it_holds_and_the_lane_goes_on() -> None:
    reading = Reading()
    reading.fails = lambda numbers: 1 in numbers
    reading.put(1)
    reading.run(minutes=59)
    reading.put(2)
    assert reading.done == []
    reading.run(minutes=5)

    assert reading.done == [2]
    [batch] = reading.bucket.objects.values()
    document = orjson.loads(batch.body)
    assert document["requestContext"]["condition"] == "RecordAgeExceeded"
    [record] = orjson.loads(document["payload"])["Records"]
    assert base64.b64decode(record["kinesis"]["data"]) == b"1"


def test_a_batch_is_given_up_after_so_many_tries_where_the_mapping_says_so() -> None:
    reading = Reading(retries=2, bisects=False)
    reading.fails = lambda numbers: 1 in numbers
    reading.put(1, 2)
    reading.run(minutes=5)
    reading.put(3)
    reading.run(minutes=1)

    assert reading.calls == [[1, 2], [1, 2], [1, 2], [3]]
    [batch] = reading.bucket.objects.values()
    assert orjson.loads(batch.body)["KinesisBatchInfo"]["batchSize"] == 2


def test_a_function_that_reports_where_it_stopped_gets_what_follows_from_there() -> None:
    reading = Reading(reports=True)
    stopped = iter([2, None])

    def answer(records: Sequence[dict[str, Any]]) -> Any:
        at = next(stopped)
        failures = [] if at is None else [{"itemIdentifier": records[at]["kinesis"]["sequenceNumber"]}]
        return {"batchItemFailures": failures}

    reading.answer = answer
    reading.put(1, 2, 3, 4)
    reading.run(minutes=1)

    assert reading.calls == [[1, 2, 3, 4], [3, 4]]


def test_one_key_stays_in_one_lane_and_keeps_its_order_while_others_overtake_it() -> None:
    reading = Reading(lanes=4, batch=1, window=0)
    reading.fails = lambda numbers: numbers[0] < 10 and reading.scheduler.ticks() < 60
    reading.put(1, 2, 3, key="slow")
    for number in range(10, 30):
        reading.put(number, key=f"k{number}")
    reading.run(seconds=30)
    assert len(reading.done) > 10
    assert not set(reading.done) & {1, 2, 3}

    reading.run(minutes=5)
    assert [number for number in reading.done if number < 10] == [1, 2, 3]
    assert sorted(reading.done) == [1, 2, 3, *range(10, 30)]


def test_children_of_a_shard_wait_for_what_it_holds() -> None:
    reading = Reading()
    reading.deliveries.stalled["reader"] = NOON + timedelta(minutes=5)
    reading.put(1, 2)
    [shard] = reading.stream.open_shards
    reading.stream.split(shard.id)
    reading.mapping.refresh()
    reading.put(3)
    reading.put(4, key="another")
    reading.run(minutes=4)
    assert reading.done == []

    reading.run(minutes=5)
    assert reading.done[:2] == [1, 2]
    assert sorted(reading.done) == [1, 2, 3, 4]
    assert reading.mapping.is_idle


@pytest.mark.parametrize(("most", "sizes"), [(None, [4, 4]), (1, [1] * 8), (3, [3, 3, 2])])
def test_other_cuts_and_repeated_deliveries_can_be_asked_for(most: int | None, sizes: list[int]) -> None:
    reading = Reading()
    reading.deliveries.most = most
    reading.put(*range(8))
    reading.run(minutes=1)
    assert list(map(len, reading.calls)) == sizes

    reading.deliveries.again = 0.5
    reading.put(*range(8, 40))
    reading.run(minutes=1)
    assert len(reading.done) > 40
    assert set(reading.done) == set(range(40))


def test_a_shard_that_is_read_once_a_second_is_read_at_moments_of_its_own_and_its_batches_are_a_second_apart() -> (
    None
):
    reading = Reading(batch=100)
    reading.deliveries.read_every = 1.0
    for tenth in range(100):
        reading.scheduler.at(NOON + timedelta(seconds=tenth / 10), partial(reading.put, tenth))
    reading.run(seconds=13)

    assert reading.done == list(range(100))
    assert {len(call) for call in reading.calls[1:-1]} == {10}
    assert {round(at % 1, 3) for at in reading.at} == {round(reading.at[0] % 1, 3)}
    assert reading.mapping.is_idle


def test_a_reading_at_the_very_end_of_the_window_is_of_the_next_batch() -> None:
    reading = Reading(batch=100, window=2)
    reading.deliveries.read_every = 1.0
    for second in range(6):
        reading.scheduler.at(NOON + timedelta(seconds=second), partial(reading.put, second))
    reading.run(seconds=10)

    assert reading.calls == [[0, 1], [2, 3], [4, 5]]


def test_without_a_window_a_batch_is_what_one_reading_finds() -> None:
    reading = Reading(batch=100, window=0)
    reading.deliveries.read_every = 1.0
    reading.put(1, 2)
    reading.run(seconds=2)
    reading.put(3)
    reading.run(seconds=2)

    assert reading.calls == [[1, 2], [3]]


def test_a_closed_shard_is_read_to_its_end_before_its_children() -> None:
    reading = Reading(batch=100)
    reading.deliveries.read_every = 1.0
    reading.put(1)
    [shard] = reading.stream.open_shards
    reading.stream.split(shard.id)
    reading.put(2)
    reading.mapping.refresh()
    reading.run(seconds=10)

    assert reading.done == [1, 2]


def test_what_the_stream_keeps_no_longer_is_not_waited_for() -> None:
    """The function was not called for longer than the stream keeps its records."""
    reading = Reading(oldest=-1)
    reading.deliveries.stalled["reader"] = NOON + timedelta(days=8)
    reading.put(1, 2, 3, 4)
    reading.scheduler.run(NOON + timedelta(minutes=1))
    reading.put(5, 6)

    reading.scheduler.run(NOON + timedelta(days=9))

    assert reading.done == [1, 2, 3, 4]
    assert reading.mapping.is_idle


def test_records_that_grew_too_old_while_the_function_was_not_called_are_given_up() -> None:
    reading = Reading()
    reading.deliveries.stalled["reader"] = NOON + timedelta(hours=2)
    reading.put(1, 2)

    reading.scheduler.run(NOON + timedelta(hours=3))

    assert reading.calls == []
    assert len(reading.bucket.objects) == 1
    assert reading.mapping.is_idle
