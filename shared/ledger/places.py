"""Where records stand on the stream, as text: what whoever put them there says in its log line.

For each shard its number, how many records, and their sequence numbers in order. `collect` imports this when it starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.ledger.binary import Reader, as_text, large, small

MOST_IN_A_LINE = 10_000
"""Places, more than one request has: 180 KB. CloudWatch takes 256 KB, and cuts what is longer:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""


class Place(NamedTuple):
    """`shard` is the number at the end of its id, `number` the sequence number."""

    shard: int
    number: int

    @property
    def shard_id(self) -> str:
        return f"shardId-{self.shard:012d}"


def shard_number(shard_id: str) -> int:
    """The one at the end of `shardId-000000000006`. Of an id without one, 0: its records have numbers of their own."""
    end = shard_id.rpartition("-")[2]
    return int(end) if end.isdecimal() else 0


def place(shard_id: str, sequence_number: str) -> Place:
    """As Kinesis names it."""
    return Place(shard_number(shard_id), int(sequence_number))


def written(places: Sequence[Place]) -> str:
    if len(places) == 1:
        shard, number = places[0]
        return as_text(small(shard) + b"\x01" + large(number))
    by_shard: dict[int, list[int]] = {}
    for shard, number in places:
        by_shard.setdefault(shard, []).append(number)
    parts = []
    for shard, numbers in by_shard.items():
        parts += [small(shard), small(len(numbers))]
        before = 0
        for number in sorted(numbers):
            parts.append(large(number - before))
            before = number
    return as_text(b"".join(parts))


def in_lines(places: Sequence[Place]) -> list[str]:
    """The same, in as many texts as there have to be lines. None for no places."""
    return [
        written(places[start : start + MOST_IN_A_LINE]) for start in range(0, len(places), MOST_IN_A_LINE)
    ]


def read(text: str) -> list[Place]:
    """Raises Unreadable."""
    reader = Reader(text)
    found: list[Place] = []
    while not reader.is_at_end():
        shard, count = reader.small(), reader.small()
        found += [Place(shard, number) for number in reader.ascending(count)]
    return found


def named(places: Iterable[Place]) -> list[str]:
    """For people and `aws kinesis get-shard-iterator`: `shardId-000000000006:4959…`."""
    return [f"{one.shard_id}:{one.number}" for one in places]
