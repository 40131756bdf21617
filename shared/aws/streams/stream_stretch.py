"""What came onto a Kinesis stream between two times, as far as it still keeps it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from shared.aws.clients import client, unavailable_when_failing
from shared.failures import Unavailable
from shared.ports.streams import StreamEntry

BETWEEN_READS = 0.25
"""Seconds: a shard answers five reads a second, and `process` is one of its readers.
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html"""

MOST_TRIES = 10
"""Of one read that is throttled, or whose iterator has expired."""


class Page(NamedTuple):
    """Some records of one shard, in order. `at` is when the last one that was read came; None if none was."""

    entries: list[StreamEntry]
    at: datetime | None


def pages(
    stream: str, first: datetime, last: datetime, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Page]:
    """Shard by shard, those that were split or merged meanwhile before what became of them. Raises Unavailable."""
    for shard in _shards(stream):
        yield from _of_shard(stream, shard, first, last, sleep)


def _of_shard(
    stream: str, shard: str, first: datetime, last: datetime, sleep: Callable[[float], None]
) -> Iterator[Page]:
    position: dict[str, Any] = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": first}
    iterator = _iterator(stream, shard, position)
    tries = 0
    while iterator:
        try:
            with unavailable_when_failing():
                answer = client("kinesis").get_records(ShardIterator=iterator)
        except Unavailable:
            tries += 1
            if tries == MOST_TRIES:
                raise
            sleep(BETWEEN_READS * tries)
            iterator = _iterator(stream, shard, position)  # it lives for five minutes only
            continue
        tries = 0
        records = answer["Records"]
        wanted = [one for one in records if one["ApproximateArrivalTimestamp"] <= last]
        yield Page(
            [StreamEntry(one["PartitionKey"], one["Data"]) for one in wanted],
            wanted[-1]["ApproximateArrivalTimestamp"] if wanted else None,
        )
        if len(wanted) < len(records) or not answer["MillisBehindLatest"]:
            return
        if records:
            position = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "StartingSequenceNumber": records[-1]["SequenceNumber"],
            }
        iterator = answer.get("NextShardIterator")
        sleep(BETWEEN_READS)


def _iterator(stream: str, shard: str, position: dict[str, Any]) -> str | None:
    with unavailable_when_failing():
        answer = client("kinesis").get_shard_iterator(StreamName=stream, ShardId=shard, **position)
    return answer["ShardIterator"]


def _shards(stream: str) -> Iterator[str]:
    asked: dict[str, Any] = {"StreamName": stream}
    while asked:
        with unavailable_when_failing():
            answer = client("kinesis").list_shards(**asked)
        yield from (shard["ShardId"] for shard in answer["Shards"])
        following = answer.get("NextToken")
        asked = {"NextToken": following} if following else {}
