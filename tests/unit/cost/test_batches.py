"""Batches are formed as Lambda's documentation says."""

from __future__ import annotations

from collections import Counter

import pytest

from cli.cost.batches import (
    ENVELOPE,
    MOST_BYTES,
    POLLERS,
    QUEUE_BATCH,
    STREAM_BATCH,
    Batch,
    Reading,
    Waiting,
    lane_of,
    of_queue,
    of_stream,
)  # fmt: skip

ONE_LANE = Reading(shards=1, lanes=1, window_seconds=1)


def record(second: float, carried: str = "", size: int = 1_000, key: str = "user:u1") -> Waiting[str]:
    return Waiting(second, key, size, carried)


def carried(batches: list[Batch[str]]) -> list[str]:
    return ["".join(batch.carried) for batch in batches]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (0, ["ab", "c", "d"]),  # each reading is a batch
        (1, ["ab", "c", "d"]),  # there is one reading in a second
        (2, ["abc", "d"]),
        (5, ["abcd"]),
    ],
)
def test_a_window_begins_with_the_first_record_that_is_read_and_ends_before_the_next_reading(
    window: float, expected: list[str]
) -> None:
    records = [record(0.2, "a"), record(0.9, "b"), record(1.1, "c"), record(4.0, "d")]

    assert carried(of_stream(records, Reading(1, 1, window))) == expected


def test_a_batch_is_called_when_its_window_is_over() -> None:
    [batch] = of_stream([record(0.2), record(0.9)], Reading(1, 1, 5))
    assert batch.second == 1 + 5


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (STREAM_BATCH - 1, [STREAM_BATCH - 1]),
        (STREAM_BATCH, [STREAM_BATCH]),
        (STREAM_BATCH + 1, [STREAM_BATCH, 1]),
    ],
)
def test_a_batch_has_no_more_records_than_the_stack_lets_it(count: int, sizes: list[int]) -> None:
    batches = of_stream([record(0.5, size=30) for _ in range(count)], ONE_LANE)
    assert [len(batch.carried) for batch in batches] == sizes


def test_a_batch_fits_into_one_invocation_in_base64() -> None:
    size = 60_000
    fitting = MOST_BYTES // (size * 4 // 3 + ENVELOPE)

    batches = of_stream([record(0.5, size=size) for _ in range(fitting + 1)], ONE_LANE)

    assert [len(batch.carried) for batch in batches] == [fitting, 1]


def test_a_key_has_one_lane_and_keys_are_spread_evenly_over_all() -> None:
    reading = Reading(shards=4, lanes=4, window_seconds=1)
    lanes = Counter(lane_of(f"user:u{number}", reading) for number in range(16_000))

    assert len(lanes) == 16
    assert all(800 < count < 1_200 for count in lanes.values())
    assert lane_of("user:u1", reading) == lane_of("user:u1", reading)


def test_the_shard_is_the_one_in_whose_range_the_digest_falls() -> None:
    halves = Reading(shards=2, lanes=1, window_seconds=1)
    assert [lane_of(key, halves)[0] for key in ("a", "b")] == [0, 1]  # 0cc1…, 92eb…


def test_no_record_is_lost_and_each_persons_stay_in_order() -> None:
    records = [
        record(number / 50, f"{number % 7}:{number} ", key=f"user:u{number % 7}") for number in range(500)
    ]
    batches = of_stream(records, Reading(4, 4, 2))
    said = "".join(carried(batches)).split()

    assert sorted(said) == sorted(one.carried.strip() for one in records)
    for person in range(7):
        of_person = [one for one in said if one.startswith(f"{person}:")]
        assert of_person == [one.carried.strip() for one in records if one.carried.startswith(f"{person}:")]


def test_each_poller_of_a_queue_gathers_a_batch_of_its_own() -> None:
    messages = [record(number / 100, str(number % 10)) for number in range(20)]
    assert [len(batch.carried) for batch in of_queue(messages, 10)] == [4] * POLLERS


def test_a_full_batch_of_a_queue_does_not_wait() -> None:
    messages = [record(0, "m") for _ in range(POLLERS * (QUEUE_BATCH + 1))]

    batches = of_queue(messages, 10)

    assert [(batch.second, len(batch.carried)) for batch in batches] == [
        *[(0, QUEUE_BATCH)] * POLLERS,
        *[(10, 1)] * POLLERS,
    ]
