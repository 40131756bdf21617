"""The stream's adapter on moto and the fake, held to one contract; then what only the adapter has: failing in parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from shared.aws import item_retries
from shared.aws.clients import client
from shared.aws.streams.stream import LONGEST_KEY, MOST_BYTES, MOST_RECORDS, KinesisStream, partition_key
from shared.ledger.places import Place
from shared.ports.streams import Stream, StreamEntry
from simulation.ports.stream import FakeStream
from tests.fakes.pretended_aws import Cloud, pretended_aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> Iterator[None]:
    monkeypatch.setattr(item_retries, "FIRST_PAUSE", 0)
    with pretended_aws(monkeypatch, cloud):
        boto3.client("kinesis").create_stream(StreamName="events", ShardCount=1)
        yield


@pytest.fixture
def kinesis(aws: None) -> Iterator[Stubber]:
    with Stubber(client("kinesis")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture(params=["adapter", "fake"])
def either(request: pytest.FixtureRequest) -> Stream:
    if request.param == "fake":
        return FakeStream()
    request.getfixturevalue("aws")
    return KinesisStream("events")


def entries(count: int, size: int = 2) -> list[StreamEntry]:
    return [StreamEntry(f"user:u{number}", b"x" * size) for number in range(count)]


def on_the_stream(stream: Stream) -> list[tuple[str, bytes]]:
    if isinstance(stream, FakeStream):
        return [(entry.key, entry.data) for entry in stream.entries]
    kinesis = boto3.client("kinesis")
    shard = kinesis.list_shards(StreamName="events")["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(
        StreamName="events", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )
    found = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    return [(record["PartitionKey"], record["Data"]) for record in found]


def answer(*failed: bool) -> dict[str, Any]:
    taken = {"SequenceNumber": "1", "ShardId": "shardId-0"}
    throttled = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"}
    counted = {"FailedRecordCount": sum(failed)} if any(failed) else {}
    return {**counted, "Records": [throttled if one else taken for one in failed]}


def test_entries_arrive_under_their_keys_in_order(either: Stream) -> None:
    assert either.put([StreamEntry("user:u1", b"1"), StreamEntry("user:\u00fc2", b"2")]) == []
    assert on_the_stream(either) == [("user:u1", b"1"), ("user:\u00fc2", b"2")]


@pytest.mark.parametrize(
    "key",
    ["email:" + "i" * 400, "user:" + "\U0001f600" * 200, "user:" + "\u0130" * 252, "x" * 256, "x" * 257],
)
def test_no_key_makes_its_call_be_refused(either: Stream, key: str) -> None:
    """Kinesis refuses a whole call for one key beyond 256 characters, and says so again at each retry."""
    assert either.put([StreamEntry("user:u1", b"1"), StreamEntry(key, b"2"), StreamEntry(key, b"3")]) == []
    found = on_the_stream(either)
    assert [data for _, data in found] == [b"1", b"2", b"3"]
    assert found[1][0] == found[2][0] != found[0][0]
    if isinstance(either, KinesisStream):
        assert all(len(stored.encode("utf-16-le")) <= 2 * LONGEST_KEY for stored, _ in found)


@pytest.mark.parametrize(
    ("key", "is_kept"),
    [
        ("x" * (LONGEST_KEY - 1), True), ("x" * LONGEST_KEY, True), ("x" * (LONGEST_KEY + 1), False),
        ("\U0001f600" * (LONGEST_KEY // 2), True), ("\U0001f600" * (LONGEST_KEY // 2) + "x", False),
    ],
)  # fmt: skip
def test_a_key_that_kinesis_takes_stays_as_it_is(key: str, is_kept: bool) -> None:
    assert (partition_key(key) == key) is is_kept


def test_nothing_to_put_is_nothing_left(either: Stream) -> None:
    assert either.put([]) == []


def test_only_the_entries_that_failed_are_sent_again(kinesis: Stubber) -> None:
    kinesis.add_response("put_records", answer(False, True, False))
    again = [{"Data": b"xx", "PartitionKey": "user:u1"}]
    kinesis.add_response("put_records", answer(False), {"StreamName": "events", "Records": again})
    assert KinesisStream("events").put(entries(3)) == []


def test_what_stays_unstored_is_named(kinesis: Stubber) -> None:
    kinesis.add_response("put_records", answer(True, False, True))
    for _ in range(item_retries.ATTEMPTS - 1):
        kinesis.add_response("put_records", answer(True, True))
    assert KinesisStream("events").put(entries(3)) == [0, 2]


def test_where_entries_stand_is_said_once(either: Stream) -> None:
    either.put(entries(2))
    either.put(entries(1))

    places = either.written()
    assert len(set(places)) == 3
    assert either.written() == []


def test_where_entries_stand_is_said_of_those_that_were_taken(kinesis: Stubber) -> None:
    taken = {"SequenceNumber": "4959", "ShardId": "shardId-000000000012"}
    failed = {"ErrorCode": "InternalFailure", "ErrorMessage": "no"}
    kinesis.add_response("put_records", {"FailedRecordCount": 1, "Records": [taken, failed]})
    for _ in range(item_retries.ATTEMPTS - 1):
        kinesis.add_response("put_records", {"FailedRecordCount": 1, "Records": [failed]})
    stream = KinesisStream("events")

    assert stream.put(entries(2)) == [1]
    assert stream.written() == [Place(12, 4959)]


def test_a_call_that_fails_whole_leaves_its_entries_and_no_others(kinesis: Stubber) -> None:
    kinesis.add_client_error("put_records", "ResourceNotFoundException")
    kinesis.add_response("put_records", answer(False))
    left = KinesisStream("events").put(entries(MOST_RECORDS + 1))
    assert left == list(range(MOST_RECORDS))


def test_a_call_holds_no_more_than_kinesis_takes(kinesis: Stubber) -> None:
    size = MOST_BYTES // 4
    for count in (3, 2):
        kinesis.add_response(
            "put_records", answer(*[False] * count), {"StreamName": "events", "Records": [ANY] * count}
        )
    assert KinesisStream("events").put(entries(5, size)) == []
