"""A shard: records in order, for as long as the stream keeps them.

https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

BYTES_A_SECOND, RECORDS_A_SECOND, READS_A_SECOND = 1024 * 1024, 1000, 5
"""What a shard takes, and how often it may be read: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"""


class Record(NamedTuple):
    """`sequence` is a number of 56 digits, rising within its shard. `arrived_at` is to the millisecond, as AWS has it:
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html"""

    sequence: str
    arrived_at: datetime
    key: str
    data: bytes


class Shard:
    """`first_hash` to `last_hash` are the hashes of partition keys that it takes, `parents` what it was made of."""

    def __init__(
        self, id: str, first_hash: int, last_hash: int, *, start: int, parents: tuple[str, ...] = ()
    ) -> None:
        self.id, self.first_hash, self.last_hash, self.parents = id, first_hash, last_hash, parents
        self.start = start
        self.end: int | None = None
        """The sequence number after its last record, once it is closed."""
        self._numbers: list[int] = []
        self._records: list[Record] = []
        self._times: list[float] = []
        self._second, self._bytes, self._count = 0, 0, 0
        self._read_second, self._reads = 0, 0

    @property
    def is_closed(self) -> bool:
        return self.end is not None

    @property
    def last(self) -> str | None:
        """The sequence number of the latest record."""
        return self._records[-1].sequence if self._records else None

    def takes(self, size: int, now: float) -> bool:
        """Whether a record of so many bytes is within what a shard takes in a second; it is counted then."""
        second = int(now)
        if second != self._second:
            self._second, self._bytes, self._count = second, 0, 0
        if self._count + 1 > RECORDS_A_SECOND or self._bytes + size > BYTES_A_SECOND:
            return False
        self._count += 1
        self._bytes += size
        return True

    def may_be_read(self, now: float) -> bool:
        second = int(now)
        if second != self._read_second:
            self._read_second, self._reads = second, 0
        self._reads += 1
        return self._reads <= READS_A_SECOND

    def add(self, number: int, now: float, key: str, data: bytes) -> Record:
        arrived_at = datetime.fromtimestamp(int(now * 1000) / 1000, UTC)
        record = Record(str(number), arrived_at, key, data)
        self._numbers.append(number)
        self._times.append(now)
        self._records.append(record)
        return record

    def lose(self, position: int) -> Record:
        """Forget the record, which AWS never does: to see who notices."""
        del self._numbers[position], self._times[position]
        return self._records.pop(position)

    def behind(self, number: int, oldest: float) -> int:
        """The position of the first record after a sequence number that arrived at `oldest` or later."""
        return max(bisect_right(self._numbers, number), bisect_left(self._times, oldest))

    def since(self, at: float) -> int:
        """The position of the first record that arrived then or later."""
        return bisect_left(self._times, at)

    def records(self, position: int) -> Iterator[Record]:
        for at in range(position, len(self._records)):
            yield self._records[at]

    def __len__(self) -> int:
        return len(self._records)
