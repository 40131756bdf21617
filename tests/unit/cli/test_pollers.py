"""A function's place in a stream of the emulator, when records expire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import lambda_svc

from cli.emulator.pollers import expire_and_keep_places

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/events"
SOURCE = ("000000000000", "us-east-1", "source-1")


@pytest.fixture
def place() -> Iterator[dict[str, int]]:
    """Where the source stands in each shard, as the emulator keeps it."""
    places = {"shard-0": 3, "shard-1": 1}
    lambda_svc._esms._data[SOURCE] = {"UUID": "source-1", "EventSourceArn": ARN}
    lambda_svc._kinesis_positions._data[SOURCE] = places
    yield places
    del lambda_svc._esms._data[SOURCE], lambda_svc._kinesis_positions._data[SOURCE]


def stream(**shards: list[str]) -> dict[str, Any]:
    return {
        "StreamARN": ARN,
        "shards": {name.replace("_", "-"): {"records": records} for name, records in shards.items()},
    }


def expire_old(stream: dict[str, Any]) -> None:
    for shard in stream["shards"].values():
        shard["records"] = [record for record in shard["records"] if record != "old"]


def test_the_next_record_stays_the_next_one(place: dict[str, int]) -> None:
    events = stream(shard_0=["old", "old", "had", "next"], shard_1=["had", "next"])

    expire_and_keep_places(events, expire_old)

    assert {name: shard["records"][place[name]] for name, shard in events["shards"].items()} == {
        "shard-0": "next",
        "shard-1": "next",
    }


def test_what_expired_unread_moves_the_place_to_the_front_and_no_further(place: dict[str, int]) -> None:
    expire_and_keep_places(stream(shard_0=["had", "had", "had"], shard_1=["old", "old"]), expire_old)

    assert place == {"shard-0": 3, "shard-1": 0}


def test_another_streams_records_move_nothing(place: dict[str, int]) -> None:
    other = stream(shard_0=["old", "old"]) | {"StreamARN": ARN + "-of-others"}

    expire_and_keep_places(other, expire_old)

    assert place == {"shard-0": 3, "shard-1": 1}
