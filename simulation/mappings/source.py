"""What a mapping with a stream reads: shards of Kinesis, or the changes of a table."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from simulation.aws.account import Account
from simulation.aws.calls import REGION, arn
from simulation.aws.dynamodb.changes import Changes
from simulation.aws.events import patterns
from simulation.aws.kinesis.stream import Stream


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record as a function gets it. `size` is about what it takes of the function's payload, in bytes."""

    sequence: str
    at: datetime
    key: str
    record: dict[str, Any]
    size: int

    def lane(self, lanes: int) -> int:
        """Which of a shard's lanes takes it: one partition key goes to one."""
        if lanes == 1:
            return 0
        return int.from_bytes(hashlib.blake2b(self.key.encode(), digest_size=4).digest()) % lanes


class Source(Protocol):
    @property
    def arn(self) -> str: ...

    def shards(self) -> Mapping[str, Sequence[str]]:
        """Each shard, and its parents: what they hold is delivered before."""

    def is_closed(self, shard: str) -> bool: ...

    def read(self, shard: str, after: str | None, limit: int) -> list[Arrived]:
        """Of what is kept, the records after a sequence number."""

    def last(self, shard: str) -> str | None:
        """The sequence number of the latest record."""


class KinesisSource:
    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.arn = stream.arn

    def shards(self) -> Mapping[str, Sequence[str]]:
        return {shard: of.parents for shard, of in self._stream.shards.items()}

    def is_closed(self, shard: str) -> bool:
        return self._stream.shards[shard].is_closed

    def last(self, shard: str) -> str | None:
        return self._stream.shards[shard].last

    def read(self, shard: str, after: str | None, limit: int) -> list[Arrived]:
        """https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"""
        return [
            Arrived(
                one.sequence,
                one.arrived_at,
                one.key,
                {
                    "kinesis": {
                        "kinesisSchemaVersion": "1.0",
                        "partitionKey": one.key,
                        "sequenceNumber": one.sequence,
                        "data": base64.b64encode(one.data).decode(),
                        "approximateArrivalTimestamp": one.arrived_at.timestamp(),
                    },
                    "eventSource": "aws:kinesis",
                    "eventVersion": "1.0",
                    "eventID": f"{shard}:{one.sequence}",
                    "eventName": "aws:kinesis:record",
                    "invokeIdentityArn": arn("iam", "role/simulated"),
                    "awsRegion": REGION,
                    "eventSourceARN": self.arn,
                },
                len(one.data) * 4 // 3 + 500,
            )
            for one in self._stream.read(shard, after, limit)
        ]


class ChangesSource:
    """`filters` are the mapping's: records that match none of them are not delivered."""

    SHARD = "shardId-00000000000000000000-00000000"

    def __init__(self, table: str, changes: Changes, filters: Iterable[Mapping[str, Any]]) -> None:
        self._changes = changes
        self._filters = list(filters)
        self.arn = arn("dynamodb", f"table/{table}/stream/2026-01-01T00:00:00.000")

    def shards(self) -> Mapping[str, Sequence[str]]:
        return {self.SHARD: ()}

    def is_closed(self, shard: str) -> bool:  # noqa: ARG002
        return False

    def last(self, shard: str) -> str | None:  # noqa: ARG002
        return self._changes.last

    def read(self, shard: str, after: str | None, limit: int) -> list[Arrived]:  # noqa: ARG002
        """https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"""
        return [self._arrived(record) for record in self._changes.read(after, limit)]

    def _arrived(self, record: dict[str, Any]) -> Arrived:
        change = record["dynamodb"]
        return Arrived(
            change["SequenceNumber"],
            datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC),
            "",
            {**record, "eventSourceARN": self.arn},
            len(orjson.dumps(change)),
        )

    def takes(self, arrived: Arrived) -> bool:
        return not self._filters or any(patterns.matches(one, arrived.record) for one in self._filters)


def source_of(
    account: Account, named: str, filters: Iterable[Mapping[str, Any]]
) -> KinesisSource | ChangesSource:
    """`named` is `stream:NAME` or `table:NAME`."""
    kind, _, name = named.partition(":")
    if kind == "stream":
        return KinesisSource(account.kinesis[name])
    changes = account.dynamodb[name].changes
    if changes is None:
        raise ValueError(f"the table {name} has no stream")
    return ChangesSource(name, changes, filters)
