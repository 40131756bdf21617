"""An event source mapping with a stream: each lane of each shard delivers one batch at a time, in order.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from zlib import crc32

from simulation.functions.function import Function
from simulation.functions.invocation import Invocation
from simulation.mappings.deliveries import NOTHING_YET, Deliveries, result_of
from simulation.mappings.given_up import GivenUp
from simulation.mappings.source import Arrived, Source
from simulation.scheduler import Scheduler, Signal

MOST_BYTES = 6 * 1024 * 1024
"""Of an invocation's payload: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

READ = 10_000
FIRST_PAUSE = 0.5
"""Seconds before a batch is tried again, at most; twice as many each time."""

Batch = Sequence[Arrived]


class StreamMapping:
    """`described` is the mapping in the topology. `takes` says which records the function wants."""

    def __init__(
        self,
        described: dict[str, Any],
        source: Source,
        function: Function,
        scheduler: Scheduler,
        draw: random.Random,
        deliveries: Deliveries,
        give_up: Callable[[GivenUp], None],
        takes: Callable[[Arrived], bool] = lambda _: True,
    ) -> None:
        self.described, self.source, self.function = described, source, function
        self.scheduler, self.draw, self.deliveries = scheduler, draw, deliveries
        self.give_up, self.takes = give_up, takes
        self.arrived = Signal()
        self.result = NOTHING_YET
        """Lambda's text for the last batch."""
        self._lanes: dict[str, list[Lane]] = {}

    def refresh(self) -> None:
        """Begin with shards that may be begun with: all of their parents are done with."""
        for shard, parents in self.source.shards().items():
            if shard not in self._lanes and all(self._is_done(parent) for parent in parents):
                lanes = [Lane(self, shard, number) for number in range(self.described["lanes"])]
                self._lanes[shard] = lanes
                for lane in lanes:
                    self.scheduler.start(f"{self.function.name}:{shard}:{lane.number}", lane.run)
        self.scheduler.give(self.arrived)

    @property
    def is_idle(self) -> bool:
        return all(shard in self._lanes for shard in self.source.shards()) and all(
            lane.is_idle for lanes in self._lanes.values() for lane in lanes
        )

    def _is_done(self, shard: str) -> bool:
        """A shard that is not there any more was never to be read."""
        lanes = self._lanes.get(shard)
        if lanes is None:
            return shard not in self.source.shards()
        return all(lane.is_done for lane in lanes)


class Lane:
    """Some of a shard's partition keys."""

    def __init__(self, mapping: StreamMapping, shard: str, number: int) -> None:
        self.shard, self.number = shard, number
        self.is_done = False
        self._mapping = mapping
        self._scheduler = mapping.scheduler
        self._waiting: deque[Arrived] = deque()
        self._read: str | None = None
        self._works = False
        self._failures = 0

    @property
    def is_idle(self) -> bool:
        if self.is_done:
            return True
        return not self._works and not self._waiting and not self._is_behind

    @property
    def _is_behind(self) -> bool:
        """Whether there is something to read. What the stream keeps no longer is nothing."""
        source = self._mapping.source
        last = source.last(self.shard)
        return last not in (None, self._read) and bool(source.read(self.shard, self._read, 1))

    def run(self) -> None:
        mapping = self._mapping
        while True:
            following = self._fill()
            if self._waiting:
                self._works = True
                self._deliver(self._gathered(following))
                self._works = False
            elif following is None and mapping.source.is_closed(self.shard):
                self.is_done = True
                mapping.refresh()
                return
            else:
                self._scheduler.wait(mapping.arrived, following)

    def _fill(self) -> datetime | None:
        """Read what came since. What the lane does not take is passed over. When what came, and is not read yet, is."""
        mapping = self._mapping
        for arrived in mapping.source.read(self.shard, self._read, READ):
            if mapping.deliveries.read_every and (at := self._read_at(arrived)) > self._scheduler.now():
                return at
            self._read = arrived.sequence
            if arrived.lane(mapping.described["lanes"]) == self.number and mapping.takes(arrived):
                self._waiting.append(arrived)
        return None

    def _read_at(self, arrived: Arrived) -> datetime:
        """The first reading of the shard after it came."""
        every = self._mapping.deliveries.read_every
        phase = every * crc32(self.shard.encode()) / 2**32
        readings = ceil((arrived.at.timestamp() - phase) / every)
        return datetime.fromtimestamp(phase + every * readings, UTC)

    def _gathered(self, following: datetime | None) -> Batch:
        """As many as there are room for, or have been read by the end of the window, which begins as the first of them
        is read. AWS does not say whether a reading at the very end counts; here it does not: batches are smaller so.
        `following` is the next reading."""
        mapping, window = self._mapping, self._mapping.described["window"]
        in_turns = bool(mapping.deliveries.read_every)
        began = self._read_at(self._waiting[0]) if in_turns else self._scheduler.now()
        until = began + timedelta(seconds=window)
        while window and not self._is_full() and self._scheduler.now() < until:
            self._scheduler.wait(mapping.arrived, until if following is None else min(until, following))
            if not in_turns or self._scheduler.now() < until:
                following = self._fill()
        batch: list[Arrived] = []
        size = 0
        most = mapping.deliveries.at_most(mapping.described["batch"])
        while self._waiting and len(batch) < most:
            size += self._waiting[0].size
            if batch and size > MOST_BYTES:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _is_full(self) -> bool:
        mapping = self._mapping
        return len(self._waiting) >= mapping.deliveries.at_most(mapping.described["batch"]) or (
            sum(one.size for one in self._waiting) >= MOST_BYTES
        )

    def _deliver(self, batch: Batch) -> None:
        """Until it is processed, or given up. Nothing of the lane overtakes it."""
        left, tries = [batch], 0
        while left:
            self._wait_while_stalled()
            records = self._young_enough(left[0], tries)
            if not records:
                left, tries = left[1:], 0
                continue
            invocation = self._mapping.function.invoke({"Records": [one.record for one in records]})
            self._mapping.result = result_of(invocation)
            again = self._to_come_again(records, invocation)
            if not again:
                self._failures = 0
                repeats = self._mapping.draw.random() < self._mapping.deliveries.again
                left, tries = ([records, *left[1:]], 0) if repeats else (left[1:], 0)
                continue
            if len(again) == len(records) and self._mapping.described["bisects"] and len(records) > 1:
                half = len(records) // 2  # this counts as no try
                left[:1] = [records[:half], records[half:]]
            else:
                tries += 1
                left[0] = again
                if 0 <= self._mapping.described["retries"] < tries:
                    self._give_up(again, tries, "RetryAttemptsExhausted")
                    left, tries = left[1:], 0
            self._pause()

    def _to_come_again(self, records: Batch, invocation: Invocation) -> Batch:
        """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"""
        if invocation.outcome != "answered":
            return records
        failures = (invocation.answer or {}).get("batchItemFailures") or []
        if not self._mapping.described["reports"] or not failures:
            return ()
        positions = {one.sequence: position for position, one in enumerate(records)}
        named = [positions.get(one.get("itemIdentifier"), 0) for one in failures]
        return records[min(named) :]

    def _young_enough(self, records: Batch, tries: int) -> Batch:
        """Those that may be delivered still; the others are given up. Those of a lane rise in age."""
        oldest = self._mapping.described["oldest"]
        if oldest < 0:
            return records
        since = self._scheduler.now() - timedelta(seconds=oldest)
        expired = sum(one.at < since for one in records)
        if expired:
            self._give_up(records[:expired], tries, "RecordAgeExceeded")
        return records[expired:]

    def _give_up(self, records: Batch, tries: int, condition: str) -> None:
        mapping = self._mapping
        mapping.give_up(
            GivenUp(mapping.function.name, mapping.source.arn, self.shard, records, tries, condition)
        )

    def _wait_while_stalled(self) -> None:
        mapping = self._mapping
        until = mapping.deliveries.stalled.get(mapping.function.name)
        if until is not None and until > self._scheduler.now():
            self._scheduler.sleep((until - self._scheduler.now()).total_seconds())

    def _pause(self) -> None:
        most = min(self._mapping.deliveries.longest_pause, FIRST_PAUSE * 2**self._failures)
        self._failures = min(self._failures + 1, 16)
        self._scheduler.sleep(most * (0.5 + self._mapping.draw.random() / 2))
