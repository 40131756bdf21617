"""Following a stream, on moto."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from shared.aws import clients
from shared.aws.streams.stream_reader import ArrivedRecord, KinesisReader
from shared.failures import Unavailable
from tests.fakes.pretended_aws import Cloud, pretended_aws


@pytest.fixture
def kinesis(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[Any]:
    with pretended_aws(monkeypatch, cloud):
        made = boto3.client("kinesis")
        made.create_stream(StreamName="events", ShardCount=2)
        yield made


def put(kinesis: Any, *texts: str) -> None:
    for text in texts:
        kinesis.put_record(StreamName="events", PartitionKey=text, Data=text.encode())


def read(reader: KinesisReader) -> set[str]:
    return {record.data.decode() for record in reader.poll()}


@pytest.fixture
def reader(kinesis: Any) -> KinesisReader:
    put(kinesis, "before")
    reader = KinesisReader("events")
    reader.open()
    return reader


def test_everything_that_arrives_after_opening_is_read_once_from_every_shard(
    kinesis: Any, reader: KinesisReader
) -> None:
    texts = [f"r{number}" for number in range(20)]
    put(kinesis, *texts)

    first: list[ArrivedRecord] = reader.poll()

    assert {record.data.decode() for record in first} == set(texts)
    assert len({record.shard for record in first}) == 2
    assert first == sorted(first, key=lambda record: record.arrived_at)
    assert reader.poll() == []


def test_after_a_long_pause_it_goes_on_where_it_was(
    kinesis: Any, reader: KinesisReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(kinesis, "one", "two", "three", "four")
    assert read(reader) == {"one", "two", "three", "four"}
    put(kinesis, "five", "six", "seven", "eight")

    with monkeypatch.context() as while_expired:
        fail(while_expired, "ExpiredIteratorException")
        assert read(reader) == set()

    assert read(reader) == {"five", "six", "seven", "eight"}


def test_a_pause_before_the_first_record_loses_nothing(
    kinesis: Any, reader: KinesisReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.sleep(0.01)  # moto's clock has milliseconds
    put(kinesis, "one", "two")

    with monkeypatch.context() as while_expired:
        fail(while_expired, "ExpiredIteratorException")
        assert read(reader) == set()

    assert {"one", "two"} <= read(reader)


def test_a_busy_shard_is_read_with_the_next_poll(
    kinesis: Any, reader: KinesisReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(kinesis, "one")
    with monkeypatch.context() as while_busy:
        fail(while_busy, "ProvisionedThroughputExceededException")
        assert read(reader) == set()

    assert read(reader) == {"one"}


def test_any_other_failure_is_said(reader: KinesisReader, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, "AccessDeniedException")

    with pytest.raises(Unavailable, match="AccessDenied"):
        reader.poll()


def test_the_children_of_a_split_shard_are_read_from_their_beginning(
    kinesis: Any, reader: KinesisReader
) -> None:
    shard = kinesis.list_shards(StreamName="events")["Shards"][0]
    bounds = shard["HashKeyRange"]
    middle = (int(bounds["StartingHashKey"]) + int(bounds["EndingHashKey"])) // 2
    kinesis.split_shard(StreamName="events", ShardToSplit=shard["ShardId"], NewStartingHashKey=str(middle))
    texts = {f"r{number}" for number in range(20)}
    put(kinesis, *texts)

    seen: set[str] = set()
    for _ in range(3):
        seen |= read(reader)

    assert texts <= seen


def fail(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": code}}, "GetRecords")

    monkeypatch.setattr(clients.client("kinesis"), "get_records", refuse)
