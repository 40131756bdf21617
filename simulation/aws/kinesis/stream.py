"""A stream: which shard takes a record, resharding, and reading.

https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
"""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_right
from collections.abc import Callable
from datetime import timedelta

from simulation.aws.calls import AwsError, arn
from simulation.aws.kinesis.shard import Record, Shard

HASHES = 2**128

FIRST_NUMBER = 496 * 10**53
"""Sequence numbers have 56 digits."""

MOST_BETWEEN = 2**84
"""Between two of them are many others, as with AWS: neighbours do not differ by one."""


class Stream:
    def __init__(
        self, name: str, shards: int, retention: timedelta, *, now: Callable[[], float], draw: random.Random
    ) -> None:
        self.name, self.retention, self.arn = name, retention, arn("kinesis", f"stream/{name}")
        self.shards: dict[str, Shard] = {}
        self._now, self._draw = now, draw
        self._number = FIRST_NUMBER
        for position in range(shards):
            self._make(HASHES * position // shards, HASHES * (position + 1) // shards - 1)
        self._arrange()

    @property
    def open_shards(self) -> list[Shard]:
        """In the order of their hashes."""
        return self._open

    def shard_of(self, key: str) -> Shard:
        number = int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest())
        return self._open[bisect_right(self._firsts, number) - 1]

    def put(self, key: str, data: bytes) -> Record:
        """Put a record, whatever the limits are."""
        return self.add(self.shard_of(key), key, data)

    def add(self, shard: Shard, key: str, data: bytes) -> Record:
        return shard.add(self._next_number(), self._now(), key, data)

    @property
    def latest(self) -> int:
        """The highest sequence number that it gave."""
        return self._number

    def continue_after(self, number: int) -> None:
        """Give higher sequence numbers than this from now on, as a stream does that has had records before."""
        self._number = max(self._number, number)

    def read(self, shard: str, after: str | None, limit: int) -> list[Record]:
        """The records behind a sequence number, or from the oldest that is kept."""
        found = self.shards[shard]
        first = found.behind(int(after) if after is not None else 0, self.oldest())
        return [record for record, _ in zip(found.records(first), range(limit), strict=False)]

    def oldest(self) -> float:
        """Records that arrived earlier are gone."""
        return self._now() - self.retention.total_seconds()

    def split(self, shard: str) -> tuple[Shard, Shard]:
        """In two halves. Raises AwsError."""
        parent = self._open_shard(shard)
        middle = (parent.first_hash + parent.last_hash + 1) // 2
        self._close(parent)
        children = (
            self._make(parent.first_hash, middle - 1, parents=(parent.id,)),
            self._make(middle, parent.last_hash, parents=(parent.id,)),
        )
        self._arrange()
        return children

    def merge(self, shard: str, adjacent: str) -> Shard:
        """Raises AwsError if they are not neighbours."""
        first, second = sorted(
            (self._open_shard(shard), self._open_shard(adjacent)), key=lambda one: one.first_hash
        )
        if first.last_hash + 1 != second.first_hash:
            raise AwsError("InvalidArgumentException", "The shards are not adjacent")
        self._close(first)
        self._close(second)
        child = self._make(first.first_hash, second.last_hash, parents=(shard, adjacent))
        self._arrange()
        return child

    def _open_shard(self, id: str) -> Shard:
        found = self.shards.get(id)
        if found is None:
            raise AwsError("ResourceNotFoundException", f"Shard {id} in stream {self.name} does not exist")
        if found.is_closed:
            raise AwsError("InvalidArgumentException", f"Shard {id} in stream {self.name} is closed")
        return found

    def _make(self, first_hash: int, last_hash: int, parents: tuple[str, ...] = ()) -> Shard:
        id = f"shardId-{len(self.shards):012d}"
        shard = Shard(id, first_hash, last_hash, start=self._next_number(), parents=parents)
        self.shards[id] = shard
        return shard

    def _close(self, shard: Shard) -> None:
        shard.end = self._next_number()

    def _arrange(self) -> None:
        self._open = sorted(
            (one for one in self.shards.values() if not one.is_closed), key=lambda one: one.first_hash
        )
        self._firsts = [one.first_hash for one in self._open]

    def _next_number(self) -> int:
        self._number += self._draw.randrange(1, MOST_BETWEEN)
        return self._number
