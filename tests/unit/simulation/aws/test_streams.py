"""Streams as Kinesis has them: which shard takes what, what it takes in a second, resharding, reading, forgetting."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.streams.stream import KinesisStream
from shared.ports.streams import StreamEntry
from simulation.aws.account import Account
from simulation.aws.calls import AwsError
from simulation.aws.kinesis.stream import HASHES, Stream
from tests.unit.simulation.aws.conftest import Meddling, StillClock

KEYS = [f"user:{number}" for number in range(200)]


def put(count: int, size: int = 1, key: str = "k") -> list[str | None]:
    """The error codes of so many records."""
    records: Any = [{"Data": b"x" * (size - len(key)), "PartitionKey": key}] * count
    answer = client("kinesis").put_records(StreamName="s", Records=records)
    return [one.get("ErrorCode") for one in answer["Records"]]


@pytest.mark.parametrize("shards", [1, 2, 3, 7])
def test_a_key_goes_to_the_shard_of_its_md5(account: Account, shards: int) -> None:
    stream = account.kinesis.create("s", shards=shards)
    assert sum(one.last_hash - one.first_hash + 1 for one in stream.open_shards) == HASHES
    for key in KEYS:
        shard, number = stream.shard_of(key), int(hashlib.md5(key.encode()).hexdigest(), 16)
        assert shard.first_hash <= number <= shard.last_hash


def test_sequence_numbers_have_56_digits_and_rise_within_a_shard(account: Account) -> None:
    stream = account.kinesis.create("s", shards=2)
    for key in KEYS:
        stream.put(key, b"")
    for shard in stream.shards:
        found = [record.sequence for record in stream.read(shard, None, 1000)]
        assert all(len(one) == 56 for one in found)
        assert all(int(one) < int(other) for one, other in pairwise(found))


def test_a_shard_takes_1000_records_a_second(account: Account, clock: StillClock) -> None:
    account.kinesis.create("s")
    assert put(500) + put(500) == [None] * 1000
    assert put(1) == ["ProvisionedThroughputExceededException"]
    clock.pass_(seconds=1)
    assert put(1) == [None]


def test_a_shard_takes_1_mib_a_second(account: Account, clock: StillClock) -> None:
    account.kinesis.create("s")
    assert put(2, 512 * 1024) == [None, None]
    assert put(1) == ["ProvisionedThroughputExceededException"]
    clock.pass_(seconds=1)
    assert put(2, 600 * 1024) == [None, "ProvisionedThroughputExceededException"]


def test_what_is_throttled_is_not_stored_and_its_sender_sends_it_again(
    account: Account, meddling: Meddling
) -> None:
    stream = account.kinesis.create("s")
    meddling.untaken = {1}
    adapter = KinesisStream("s", pause=lambda _: None)
    assert adapter.put([StreamEntry(str(number), b"") for number in range(3)]) == []
    kept = [record.key for record in stream.read("shardId-000000000000", None, 10)]
    assert kept == ["0", "2", "1"]
    meddling.untaken = {0}
    assert adapter.put([StreamEntry("4", b"")]) == [0]


def test_records_are_forgotten_after_the_retention(account: Account, clock: StillClock) -> None:
    stream = account.kinesis.create("s", retention=timedelta(hours=24))
    first = stream.put("k", b"1")
    clock.pass_(hours=23)
    second = stream.put("k", b"2")
    [shard] = stream.shards
    assert stream.read(shard, None, 10) == [first, second]
    clock.pass_(hours=1)
    assert stream.read(shard, None, 10) == [first, second]
    clock.pass_(seconds=1)
    assert stream.read(shard, None, 10) == [second]
    assert stream.read(shard, second.sequence, 10) == []


def test_a_split_closes_a_shard_and_its_children_take_its_keys(account: Account) -> None:
    stream = account.kinesis.create("s", shards=2)
    before = {key: stream.put(key, b"") and stream.shard_of(key).id for key in KEYS}
    children = {one.id for one in stream.split("shardId-000000000000")}
    assert stream.shards["shardId-000000000000"].is_closed
    assert {one.parents for one in map(stream.shards.__getitem__, children)} == {("shardId-000000000000",)}
    for key, shard in before.items():
        now = stream.shard_of(key).id
        assert now in children if shard == "shardId-000000000000" else now == shard
    with pytest.raises(AwsError, match="closed"):
        stream.split("shardId-000000000000")


def test_a_merge_makes_one_shard_of_two_neighbours(account: Account) -> None:
    stream = account.kinesis.create("s", shards=3)
    with pytest.raises(AwsError, match="not adjacent"):
        stream.merge("shardId-000000000000", "shardId-000000000002")
    child = stream.merge("shardId-000000000002", "shardId-000000000001")
    assert (child.first_hash, child.last_hash) == (HASHES // 3, HASHES - 1)
    assert [one.id for one in stream.open_shards] == ["shardId-000000000000", child.id]
    assert child.parents == ("shardId-000000000002", "shardId-000000000001")


def read(stream: Stream, kind: str = "TRIM_HORIZON", **position: Any) -> Any:
    [shard] = stream.shards
    iterator = client("kinesis").get_shard_iterator(
        StreamName=stream.name,
        ShardId=shard,
        ShardIteratorType=kind,  # type: ignore[arg-type]
        **position,
    )
    return client("kinesis").get_records(ShardIterator=iterator["ShardIterator"])


def test_a_reader_begins_where_it_says(account: Account, clock: StillClock) -> None:
    stream = account.kinesis.create("s")
    made = []
    for number in range(4):
        made.append(stream.put("k", str(number).encode()))
        clock.pass_(seconds=1)

    def found(kind: str, **position: Any) -> bytes:
        clock.pass_(seconds=1)
        return b"".join(one["Data"] for one in read(stream, kind, **position)["Records"])

    assert found("TRIM_HORIZON") == b"0123"
    assert found("LATEST") == b""
    assert found("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=made[1].sequence) == b"23"
    assert found("AT_SEQUENCE_NUMBER", StartingSequenceNumber=made[1].sequence) == b"123"
    assert found("AT_TIMESTAMP", Timestamp=made[2].arrived_at) == b"23"


def test_a_reader_of_a_closed_shard_learns_of_its_children_at_the_end(account: Account) -> None:
    stream = account.kinesis.create("s")
    stream.put("k", b"1")
    iterator = client("kinesis").get_shard_iterator(
        StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    children = [one.id for one in stream.split("shardId-000000000000")]
    kinesis: Any = client("kinesis")  # the stubs say that there is always a next iterator
    answer = kinesis.get_records(ShardIterator=iterator, Limit=1)
    assert [one["Data"] for one in answer["Records"]] == [b"1"]
    assert "NextShardIterator" not in answer
    assert [one["ShardId"] for one in answer["ChildShards"]] == children


def test_an_iterator_is_good_for_five_minutes(account: Account, clock: StillClock) -> None:
    stream = account.kinesis.create("s")
    [shard] = stream.shards
    iterator = client("kinesis").get_shard_iterator(
        StreamName="s", ShardId=shard, ShardIteratorType="LATEST"
    )["ShardIterator"]
    clock.pass_(minutes=5)
    client("kinesis").get_records(ShardIterator=iterator)
    clock.pass_(seconds=1)
    with pytest.raises(ClientError, match="ExpiredIterator"):
        client("kinesis").get_records(ShardIterator=iterator)


def test_a_shard_answers_five_reads_a_second(account: Account, clock: StillClock) -> None:
    stream = account.kinesis.create("s")
    for _ in range(5):
        read(stream)
    with pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
        read(stream)
    clock.pass_(seconds=1)
    read(stream)


def test_an_answer_has_at_most_10_mib(account: Account) -> None:
    stream = account.kinesis.create("s")
    for _ in range(12):
        stream.put("k", b"x" * 1024 * 1024)
    answer = read(stream)
    assert len(answer["Records"]) == 10
    assert len(client("kinesis").get_records(ShardIterator=answer["NextShardIterator"])["Records"]) == 2


def test_shards_are_listed_page_by_page(account: Account) -> None:
    account.kinesis.create("s", shards=5)
    pages = (
        client("kinesis")
        .get_paginator("list_shards")
        .paginate(StreamName="s", PaginationConfig={"PageSize": 2})
    )
    assert [len(page["Shards"]) for page in pages] == [2, 2, 1]
