"""How Lambda forms batches out of what waits: a stream's records, a queue's messages.

A record belongs to the shard in whose range the MD5 digest of its partition key falls
(https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html). With a parallelization factor each shard has so many
lanes, and a key always the same one: AWS does not say how it is chosen, other bits of the digest stand for it. A shard
is read once a second, each at a moment of its own
(https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html). The first record that is read for a lane
opens its window; what is read until the window ends goes along. AWS does not say whether a reading at the very end of
the window still counts: here it does not, which makes smaller, dearer batches.

A queue has five pollers, each of which gathers a batch of its own
(https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). That they take turns is an assumption.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Generic, NamedTuple, TypeVar

STREAM_BATCH = 1_000
"""Records in one invocation of `process`, at most, as the stack has it."""

QUEUE_BATCH = 50
"""Messages in one invocation of `archive`, at most, as the stack has it."""

READ_EVERY = 1.0
"""Seconds between two readings of a shard."""

SHARDS_ON_DEMAND = 4
"""Of a stream on demand, at least."""

POLLERS = 5

MOST_BYTES = 6_000_000
"""Of one invocation, what Lambda says of each record or message included."""

ENVELOPE = 600
"""Bytes of that: key, sequence number, ARNs."""

Carried = TypeVar("Carried")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a stream is read: shards, lanes of each, and how long a window gathers."""

    shards: int
    lanes: int
    window_seconds: float


class Waiting(NamedTuple, Generic[Carried]):
    """A record or a message, with what whoever forms batches wants to find in them. `size` is that of its data."""

    second: float
    key: str
    size: int
    carried: Carried


class Batch(NamedTuple, Generic[Carried]):
    """What one invocation has, in order, and when it begins."""

    second: float
    carried: list[Carried]


def lane_of(key: str, reading: Reading) -> tuple[int, int]:
    """The shard and its lane."""
    digest = int.from_bytes(hashlib.md5(key.encode(), usedforsecurity=False).digest(), "big")
    return digest * reading.shards >> 128, digest % 2**32 % reading.lanes


def of_stream(records: Iterable[Waiting[Carried]], reading: Reading) -> list[Batch[Carried]]:
    """All batches in order. `records` are in order of arrival."""
    lanes: dict[tuple[int, int], list[Waiting[Carried]]] = {}
    for record in records:
        shard, lane = lane_of(record.key, reading)
        phase = READ_EVERY * shard / reading.shards
        read = phase + READ_EVERY * ceil((record.second - phase) / READ_EVERY)
        in_base64 = ceil(record.size / 3) * 4
        lanes.setdefault((shard, lane), []).append(record._replace(second=read, size=in_base64))
    window = max(reading.window_seconds, READ_EVERY)  # within a second there is one reading
    return _in_order(_gathered(lane, STREAM_BATCH, window) for lane in lanes.values())


def of_queue(messages: Iterable[Waiting[Carried]], window_seconds: float) -> list[Batch[Carried]]:
    """All batches in order. `messages` are in order of arrival."""
    pollers: list[list[Waiting[Carried]]] = [[] for _ in range(POLLERS)]
    for number, message in enumerate(messages):
        pollers[number % POLLERS].append(message)
    return _in_order(_gathered(poller, QUEUE_BATCH, window_seconds) for poller in pollers)


def _in_order(batches: Iterable[list[Batch[Carried]]]) -> list[Batch[Carried]]:
    return sorted((one for some in batches for one in some), key=lambda batch: batch.second)


def _gathered(waiting: list[Waiting[Carried]], most: int, window: float) -> list[Batch[Carried]]:
    """A batch is called when it is full, or when the window that its first record or message opened is over."""
    batches: list[Batch[Carried]] = []
    gathered: list[Carried] = []
    taken, ends = 0, 0.0
    for one in waiting:
        size = one.size + ENVELOPE
        over = one.second >= ends
        if gathered and (over or len(gathered) == most or taken + size > MOST_BYTES):
            batches.append(Batch(ends if over else one.second, gathered))
            gathered = []
        if not gathered:
            taken, ends = 0, one.second + window
        gathered.append(one.carried)
        taken += size
    if gathered:
        batches.append(Batch(ends, gathered))
    return batches
