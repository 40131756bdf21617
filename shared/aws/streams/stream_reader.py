"""Read every record that arrives on the stream from now on, shard by shard, beside its real consumer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import GetRecordsOutputTypeDef

MOST_RECORDS = 1000
"""Records of one GetRecords. `process` reads the same shards, and each shard allows its readers 2 MB and 5 calls a
second in all: https://docs.aws.amazon.com/kinesis/latest/dev/service-sizes-and-limits.html"""

LATER = frozenset({"ProvisionedThroughputExceededException", "LimitExceededException"})
"""The shard has too many readers at the moment. The same iterator works with the next poll."""

EXPIRED = "ExpiredIteratorException"
"""The error after a pause of more than five minutes."""


class ArrivedRecord(NamedTuple):
    shard: str
    sequence: str
    arrived_at: datetime
    data: bytes


class KinesisReader:
    """Reads one stream from the moment `open` returns."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._iterators: dict[str, str] = {}
        self._reached: dict[str, str] = {}
        self._seen: set[str] = set()
        self._opened_at = datetime.now(UTC)

    def open(self) -> None:
        """Start at the end of every shard. Raises Unavailable."""
        self._opened_at = datetime.now(UTC)
        with unavailable_when_failing():
            for shard in self._shards():
                self._start(shard, ShardIteratorType="LATEST")

    def poll(self) -> list[ArrivedRecord]:
        """The records that arrived since the last poll, in order of arrival. Raises Unavailable."""
        arrived: list[ArrivedRecord] = []
        with unavailable_when_failing():
            for shard in list(self._iterators):
                if (answer := self._read(shard)) is not None:
                    arrived += [
                        ArrivedRecord(
                            shard,
                            record["SequenceNumber"],
                            record["ApproximateArrivalTimestamp"],
                            record["Data"],
                        )
                        for record in answer["Records"]
                    ]
                    self._go_on(shard, answer)
        return sorted(arrived, key=lambda record: record.arrived_at)

    def _read(self, shard: str) -> GetRecordsOutputTypeDef | None:
        try:
            return client("kinesis").get_records(ShardIterator=self._iterators[shard], Limit=MOST_RECORDS)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == EXPIRED:
                self._resume(shard)
            elif code not in LATER:
                raise
            return None

    def _go_on(self, shard: str, answer: GetRecordsOutputTypeDef) -> None:
        if answer["Records"]:
            self._reached[shard] = answer["Records"][-1]["SequenceNumber"]
        following = answer.get("NextShardIterator")
        if following:
            self._iterators[shard] = following
            return
        del self._iterators[shard]  # closed by a resharding: its children begin where it ends
        for child in self._shards():
            if child not in self._seen:
                self._start(child, ShardIteratorType="TRIM_HORIZON")

    def _resume(self, shard: str) -> None:
        if reached := self._reached.get(shard):
            self._start(shard, ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=reached)
        else:
            self._start(shard, ShardIteratorType="AT_TIMESTAMP", Timestamp=self._opened_at)

    def _start(self, shard: str, **position: Any) -> None:
        answer = client("kinesis").get_shard_iterator(StreamName=self._stream, ShardId=shard, **position)
        self._iterators[shard] = answer["ShardIterator"]
        self._seen.add(shard)

    def _shards(self) -> list[str]:
        pages = client("kinesis").get_paginator("list_shards").paginate(StreamName=self._stream)
        return [shard["ShardId"] for page in pages for shard in page["Shards"]]
