"""The Kinesis stream: write records with PutRecords, and retry the failed ones one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from shared.aws.runtime import pause as real_pause
from shared.failures import Unwritten
from shared.ledger.places import Place, place
from shared.ports.runtime import Pause
from shared.ports.streams import StreamEntry

MOST_RECORDS, MOST_BYTES = 500, 5 * 1024 * 1024
"""Records and bytes of one PutRecords, partition keys included. AWS documents 10 MiB today; 5 MiB is its earlier limit:
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""


LONGEST_KEY = 256
"""Characters of a partition key. AWS does not say how it counts them, so a key is no longer than this in any way of
counting. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""


def partition_key(key: str) -> str:
    """The key, or a digest of it if it is too long for Kinesis. One refused key would fail every record of its call."""
    if 2 * len(key) <= LONGEST_KEY or len(key.encode("utf-16-le")) // 2 <= LONGEST_KEY:
        return key
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


class KinesisStream:
    """`shared.ports.streams.Stream` over one stream.

    A failed record is written after its successors of the same call, because PutRecords promises no order. `process`
    accepts a person's records in any order. A person has a second record of the same request only beyond 256 KB.
    """

    def __init__(self, stream: str, pause: Pause = real_pause) -> None:
        self._stream = stream
        self._pause = pause
        self._written: list[tuple[str, str]] = []

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten:
        return put_all(
            [len(entry.data) + len(entry.key.encode()) for entry in entries],
            lambda positions: self._put(positions, entries),
            most_items=MOST_RECORDS,
            most_bytes=MOST_BYTES,
            pause=self._pause,
        )

    def written(self) -> list[Place]:
        written, self._written = self._written, []
        return [place(shard, number) for shard, number in written]

    def _put(self, positions: list[int], entries: Sequence[StreamEntry]) -> dict[int, str]:
        answer = client("kinesis").put_records(
            StreamName=self._stream,
            Records=[
                {"Data": entries[position].data, "PartitionKey": partition_key(entries[position].key)}
                for position in positions
            ],
        )
        outcomes = answer["Records"]
        if not answer.get("FailedRecordCount"):
            self._written += [(one["ShardId"], one["SequenceNumber"]) for one in outcomes]
            return {}
        codes = {}
        for position, one in zip(positions, outcomes, strict=True):
            if code := one.get("ErrorCode"):
                codes[position] = code
            else:
                self._written.append((one["ShardId"], one["SequenceNumber"]))
        return codes
