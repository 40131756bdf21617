"""`headrace deadletters reread`: a period of the stream on it again, where nothing was set aside."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.problem import Problem
from shared.aws import clients
from shared.aws.streams.stream import KinesisStream
from shared.failures import Unavailable, Unwritten
from tests.unit.cli.dead_letters.account import Aws, read, record, run

HOUR_AGO = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.aws.streams.stream_stretch.BETWEEN_READS", 0)
    monkeypatch.setattr("cli.dead_letters.retrying.PAUSE_SECONDS", 0)


def put(aws: Aws, *users: str) -> None:
    for user in users:
        aws.kinesis.put_record(StreamName="stream", PartitionKey=f"user:{user}", Data=record(user))


def until_now() -> tuple[str, ...]:
    return ("--from", HOUR_AGO, "--until", datetime.now(UTC).isoformat())


def test_what_came_in_the_period_is_there_again_and_nothing_that_came_after_it(aws: Aws) -> None:
    put(aws, "u1", "u2")
    stretch = until_now()
    time.sleep(0.02)  # arrivals are told in milliseconds: those of one instant would all be in the period
    put(aws, "later")

    assert read("reread", *stretch, "--dry-run") == {"read": 2, "put": 0, "not_taken": 0, "refused": 0}
    assert len(aws.on_the_stream()) == 3
    assert read("reread", *stretch) == {"read": 2, "put": 2, "not_taken": 0, "refused": 0}
    assert [key for key, _ in aws.on_the_stream()] == [
        "user:u1",
        "user:u2",
        "user:later",
        "user:u1",
        "user:u2",
    ]
    assert "2 records read; 2 are on the stream again" in run("reread", *stretch).stdout


def test_shards_that_were_split_are_read_too(aws: Aws) -> None:
    put(aws, "u1")
    aws.kinesis.split_shard(
        StreamName="stream", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
    )
    put(aws, "u2")

    assert read("reread", *until_now())["read"] == 2


def test_what_the_stream_does_not_take_is_said_and_stops_it(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(aws, "u1", "u2", "u3")
    monkeypatch.setattr(KinesisStream, "put", lambda _, entries: Unwritten([len(entries) - 1]))

    ended = run("reread", *until_now())

    assert ended.exit_code == 1
    assert "the stream did not take 1" in ended.stdout


def test_a_read_that_is_throttled_or_too_late_goes_on_where_it_was(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(aws, *(f"u{number}" for number in range(7)))
    kinesis = clients.client("kinesis")
    real, calls = kinesis.get_records, iter(range(100))

    def now_and_then(**asked: Any) -> Any:
        call = next(calls)
        if call % 2:
            raise kinesis.exceptions.ExpiredIteratorException(
                {"Error": {"Code": "ExpiredIteratorException"}}, "GetRecords"
            )
        answer = real(**asked, Limit=3)
        return answer | {"MillisBehindLatest": len(answer["Records"])}

    monkeypatch.setattr(kinesis, "get_records", now_and_then)

    assert read("reread", *until_now(), "--dry-run")["read"] == 7


def test_one_that_is_always_throttled_ends(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    kinesis = clients.client("kinesis")

    def throttled(**_: Any) -> Any:
        raise kinesis.exceptions.ProvisionedThroughputExceededException(
            {"Error": {"Code": "Throttled"}}, "GetRecords"
        )

    monkeypatch.setattr(kinesis, "get_records", throttled)
    assert isinstance(run("reread", *until_now()).exception, Unavailable)


@pytest.mark.parametrize("stretch", [("1h", "2h"), ("1h", "2999-01-01"), ("2999-01-01", "2999-01-02")])
def test_a_period_that_is_none_is_refused(aws: Aws, stretch: tuple[str, str]) -> None:
    ended = run("reread", "--from", stretch[0], "--until", stretch[1])
    assert isinstance(ended.exception, Problem)
