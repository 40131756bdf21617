"""Reading a stream shard by shard, as GetShardIterator and GetRecords do.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import Answer, AwsError, Call, only
from simulation.aws.kinesis.shard import Shard
from simulation.aws.kinesis.stream import Stream

ITERATOR_GOOD_FOR = 300.0
"""Seconds."""

MOST_RECORDS, MOST_BYTES = 10_000, 10 * 1024 * 1024
SHARDS_A_PAGE = 1000


class Reading:
    def __init__(self, *, now: Callable[[], float], behaviour: Behaviour) -> None:
        self._now, self._behaviour = now, behaviour

    def list_shards(
        self, asked: dict[str, Any], stream: Stream | None, streams: Mapping[str, Stream]
    ) -> Answer:
        """With a token, the token alone says of which stream."""
        start = 0
        if stream is None:
            name, _, position = asked["NextToken"].rpartition("/")
            stream, start = streams[name], int(position)
        most = asked.get("MaxResults", SHARDS_A_PAGE)
        shards = list(stream.shards.values())
        page: Answer = {"Shards": list(map(_shard, shards[start : start + most]))}
        if start + most < len(shards):
            page["NextToken"] = f"{stream.name}/{start + most}"
        return page

    def iterator(self, call: Call, stream: Stream) -> Answer:
        only(
            call,
            frozenset({"StreamName", "ShardId", "ShardIteratorType", "StartingSequenceNumber", "Timestamp"}),
        )
        asked = call.asked
        shard = stream.shards.get(asked["ShardId"])
        if shard is None:
            raise AwsError(
                "ResourceNotFoundException",
                f"Shard {asked['ShardId']} in stream {stream.name} does not exist",
            )
        match asked["ShardIteratorType"]:
            case "TRIM_HORIZON":
                position = 0
            case "LATEST":
                position = len(shard)
            case "AT_TIMESTAMP":
                position = shard.since(float(asked["Timestamp"]))
            case "AFTER_SEQUENCE_NUMBER":
                position = shard.behind(int(asked["StartingSequenceNumber"]), 0.0)
            case "AT_SEQUENCE_NUMBER":
                position = shard.behind(int(asked["StartingSequenceNumber"]) - 1, 0.0)
            case other:
                raise AwsError("ValidationException", f"{other} is no kind of iterator")
        return {"ShardIterator": self._iterator(stream, shard, position)}

    def records(self, call: Call, streams: Mapping[str, Stream]) -> Answer:
        only(call, frozenset({"ShardIterator", "Limit"}))
        name, shard_id, position, made_at = call.asked["ShardIterator"].rsplit("/", 3)
        stream, now = streams[name], self._now()
        shard = stream.shards[shard_id]
        if now - float(made_at) > ITERATOR_GOOD_FOR:
            raise AwsError("ExpiredIteratorException", "Iterator expired.")
        if self._behaviour.shard_limits and not shard.may_be_read(now):
            raise AwsError(
                "ProvisionedThroughputExceededException",
                f"Rate exceeded for shard {shard.id} in stream {stream.name}",
            )
        limit = call.asked.get("Limit", MOST_RECORDS)
        if not 1 <= limit <= MOST_RECORDS:
            raise AwsError("ValidationException", f"Limit must be from 1 to {MOST_RECORDS}")
        first = max(int(position), shard.since(stream.oldest()))
        found: list[Answer] = []
        size = 0
        for record in shard.records(first):
            size += len(record.data)
            if len(found) == limit or (found and size > MOST_BYTES):
                break
            found.append(
                {
                    "SequenceNumber": record.sequence,
                    "ApproximateArrivalTimestamp": record.arrived_at.timestamp(),
                    "PartitionKey": record.key,
                    "Data": b64encode(record.data).decode(),
                }
            )
        reached = first + len(found)
        answer: Answer = {"Records": found, "MillisBehindLatest": 0}
        if reached < len(shard):
            answer["MillisBehindLatest"] = int(
                1000 * (now - next(shard.records(reached)).arrived_at.timestamp())
            )
        if not shard.is_closed or reached < len(shard):
            answer["NextShardIterator"] = self._iterator(stream, shard, reached)
        else:
            answer["ChildShards"] = [
                {"ShardId": one.id, "ParentShards": [*one.parents], "HashKeyRange": _hashes(one)}
                for one in stream.shards.values()
                if shard.id in one.parents
            ]
        return answer

    def _iterator(self, stream: Stream, shard: Shard, position: int) -> str:
        return f"{stream.name}/{shard.id}/{position}/{self._now()}"


def _hashes(shard: Shard) -> dict[str, str]:
    return {"StartingHashKey": str(shard.first_hash), "EndingHashKey": str(shard.last_hash)}


def _shard(shard: Shard) -> Answer:
    numbers = {"StartingSequenceNumber": str(shard.start)}
    if shard.end is not None:
        numbers["EndingSequenceNumber"] = str(shard.end)
    answer: Answer = {
        "ShardId": shard.id,
        "HashKeyRange": _hashes(shard),
        "SequenceNumberRange": numbers,
    }
    for name, parent in zip(("ParentShardId", "AdjacentParentShardId"), shard.parents, strict=False):
        answer[name] = parent
    return answer
