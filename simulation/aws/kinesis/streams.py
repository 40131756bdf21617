"""The streams of an account: PutRecords, and what readers call.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import random
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import ACCOUNT, Answer, AwsError, Call, Untaken, only, unknown_operation
from simulation.aws.kinesis.reading import Reading
from simulation.aws.kinesis.stream import Stream

MOST_RECORDS, MOST_BYTES = 500, 5 * 1024 * 1024
"""Of one PutRecords, partition keys included. AWS documents 10 MiB for streams that take large records, 5 MiB
otherwise: the smaller holds everywhere. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""

LARGEST_RECORD = 1024 * 1024
"""Bytes of data and partition key, unless the stream's MaxRecordSizeInKiB says more."""

LONGEST_KEY = 256
THROTTLED = "ProvisionedThroughputExceededException"


class Streams:
    """`shared.aws.streams.stream`, `stream_reader` and `stream_states` ask it."""

    def __init__(
        self, *, now: Callable[[], float], draw: random.Random, behaviour: Behaviour, untaken: Untaken
    ) -> None:
        self._now, self._draw, self._behaviour, self._untaken = now, draw, behaviour, untaken
        self._streams: dict[str, Stream] = {}
        self._reading = Reading(now=now, behaviour=behaviour)

    def create(self, name: str, *, shards: int = 1, retention: timedelta = timedelta(hours=24)) -> Stream:
        self._streams[name] = Stream(name, shards, retention, now=self._now, draw=self._draw)
        return self._streams[name]

    def __getitem__(self, name: str) -> Stream:
        return self._streams[name]

    def __iter__(self) -> Any:
        return iter(self._streams)

    def answer(self, call: Call) -> Answer:
        match call.operation:
            case "PutRecords":
                return self._put(call, self._stream(call))
            case "ListShards":
                only(call, frozenset({"StreamName", "NextToken", "MaxResults"}))
                return self._reading.list_shards(
                    call.asked, self._stream(call) if "NextToken" not in call.asked else None, self._streams
                )
            case "GetShardIterator":
                return self._reading.iterator(call, self._stream(call))
            case "GetRecords":
                return self._reading.records(call, self._streams)
            case "DescribeStreamSummary":
                return _summary(self._stream(call))
        raise unknown_operation(call)

    def _stream(self, call: Call) -> Stream:
        name = call.asked.get("StreamName") or str(call.asked.get("StreamARN", "")).rpartition("/")[2]
        found = self._streams.get(name)
        if found is None:
            raise AwsError("ResourceNotFoundException", f"Stream {name} under account {ACCOUNT} not found.")
        return found

    def _put(self, call: Call, stream: Stream) -> Answer:
        only(call, frozenset({"StreamName", "Records"}))
        records = call.asked["Records"]
        if not 1 <= len(records) <= MOST_RECORDS:
            raise AwsError(
                "ValidationException",
                f"Value at 'records' failed to satisfy constraint: Member must have length less than or equal to "
                f"{MOST_RECORDS}",
            )
        parsed = [_record(position, one) for position, one in enumerate(records, 1)]
        if sum(size for _, _, size in parsed) > MOST_BYTES:
            raise AwsError("InvalidArgumentException", "Records size exceeds 5 MB limit")
        untaken = self._untaken(call, len(records))
        limited, now = self._behaviour.shard_limits, self._now()
        outcomes: list[Answer] = []
        failed = 0
        for position, (key, data, size) in enumerate(parsed):
            shard = stream.shard_of(key)
            if position in untaken or (limited and not shard.takes(size, now)):
                failed += 1
                outcomes.append(
                    {
                        "ErrorCode": THROTTLED,
                        "ErrorMessage": f"Rate exceeded for shard {shard.id} in stream {stream.name} under account "
                        f"{ACCOUNT}.",
                    }
                )
            else:
                record = stream.add(shard, key, data)
                outcomes.append({"SequenceNumber": record.sequence, "ShardId": shard.id})
        return {"FailedRecordCount": failed, "Records": outcomes}


def _record(position: int, asked: dict[str, Any]) -> tuple[str, bytes, int]:
    """Raises AwsError: one record that is too large refuses the call."""
    key, data = asked["PartitionKey"], b64decode(asked["Data"])
    if not 1 <= len(key) <= LONGEST_KEY:
        raise AwsError(
            "ValidationException",
            f"Value at 'records.{position}.member.partitionKey' failed to satisfy constraint: Member must have length "
            f"less than or equal to {LONGEST_KEY}",
        )
    size = len(data) + len(key.encode())
    if size > LARGEST_RECORD:
        raise AwsError(
            "ValidationException",
            f"Value at 'records.{position}.member.data' failed to satisfy constraint: Member must have length less "
            f"than or equal to {LARGEST_RECORD}",
        )
    return key, data, size


def _summary(stream: Stream) -> Answer:
    return {
        "StreamDescriptionSummary": {
            "StreamName": stream.name,
            "StreamARN": stream.arn,
            "StreamStatus": "ACTIVE",
            "RetentionPeriodHours": int(stream.retention.total_seconds() // 3600),
            "OpenShardCount": len(stream.open_shards),
            "StreamCreationTimestamp": 0.0,
            "EnhancedMonitoring": [],
        }
    }
