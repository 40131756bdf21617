"""The stream: Kinesis PutRecords, retried per record."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shared.aws.clients import client
from shared.aws.item_retries import put_all
from shared.ports.failures import Unwritten
from shared.ports.streams import StreamEntry

MOST_RECORDS, MOST_BYTES = 500, 5 * 1024 * 1024
"""What one PutRecords takes, partition keys included. Newer streams take 10 MiB; every stream takes this."""


LONGEST_KEY = 256
"""Characters of a partition key. AWS does not say which kind of characters: no key is longer in any."""


def partition_key(key: str) -> str:
    """The key, or a digest of one too long for Kinesis. A key it refuses would take every record of its call along."""
    if 2 * len(key) <= LONGEST_KEY or len(key.encode("utf-16-le")) // 2 <= LONGEST_KEY:
        return key
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


class KinesisStream:
    """`shared.ports.streams.Stream` over one stream.

    A record that failed comes after its successors of the same call: PutRecords promises no order. `process` takes a
    person's records in any order; a second one of the same person and request only exists beyond 256 KB.
    """

    def __init__(self, stream: str) -> None:
        self._stream = stream

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten:
        return put_all(
            [len(entry.data) + len(entry.key.encode()) for entry in entries],
            lambda positions: self._put(positions, entries),
            most_items=MOST_RECORDS,
            most_bytes=MOST_BYTES,
        )

    def _put(self, positions: list[int], entries: Sequence[StreamEntry]) -> dict[int, str]:
        answer = client("kinesis").put_records(
            StreamName=self._stream,
            Records=[
                {"Data": entries[position].data, "PartitionKey": partition_key(entries[position].key)}
                for position in positions
            ],
        )
        if not answer.get("FailedRecordCount"):
            return {}
        outcomes = zip(positions, answer["Records"], strict=True)
        return {position: outcome["ErrorCode"] for position, outcome in outcomes if outcome.get("ErrorCode")}
