"""An event source mapping with a queue: messages are received, the function gets some at a time, and those that it did
not report as failed are deleted.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from typing import Any

from simulation.aws.calls import REGION
from simulation.aws.sqs.queue import Queue, Received
from simulation.functions.function import Function
from simulation.functions.invocation import Invocation
from simulation.mappings.deliveries import NOTHING_YET, Deliveries, result_of
from simulation.scheduler import Scheduler, Signal

MOST_AT_ONCE = 10
"""Invocations of a mapping that has no limit. Lambda would begin with five, and with more as they are busy."""

RECEIVED = 10
MOST_BYTES = 6 * 1024 * 1024


class QueueMapping:
    """`described` is the mapping in the topology."""

    def __init__(
        self,
        described: dict[str, Any],
        queue: Queue,
        function: Function,
        scheduler: Scheduler,
        draw: random.Random,
        deliveries: Deliveries,
    ) -> None:
        self.queue, self.function = queue, function
        self.arrived = Signal()
        self.result = NOTHING_YET
        """Lambda's text for the last batch."""
        self._described, self._scheduler, self._draw, self._deliveries = (
            described,
            scheduler,
            draw,
            deliveries,
        )
        self._most = described["concurrency"] or MOST_AT_ONCE
        self._running = 0

    def start(self) -> None:
        for _ in range(self._deliveries.pollers):
            self._scheduler.start(f"{self.function.name}:{self.queue.name}", self._run)

    @property
    def is_idle(self) -> bool:
        """Whether the queue is empty: what is in it is to come, or in the function's hands."""
        return not self._running and self.queue.depth() == (0, 0)

    def _run(self) -> None:
        while True:
            until = self._ready_at()
            if self._running >= self._most or until is None:
                self._scheduler.wait(self.arrived)
            elif until > self._scheduler.now():
                self._scheduler.wait(self.arrived, until)
            elif batch := self._gathered():
                self._invoke(batch)

    def _ready_at(self) -> Any:
        ready = self.queue.ready_at()
        stalled = self._deliveries.stalled.get(self.function.name)
        return ready if ready is None or stalled is None else max(ready, stalled)

    def _gathered(self) -> list[Received]:
        most, window = self._deliveries.at_most(self._described["batch"]), self._described["window"]
        batch = self._received(most)
        until = self._scheduler.now() + timedelta(seconds=window)
        while window and 0 < len(batch) < most and self._scheduler.now() < until:
            ready = self.queue.ready_at()
            self._scheduler.wait(self.arrived, until if ready is None else min(ready, until))
            if sum(len(one.body) for one in batch) >= MOST_BYTES:
                break
            batch += self._received(most - len(batch))
        return batch

    def _received(self, most: int) -> list[Received]:
        batch: list[Received] = []
        while len(batch) < most and (found := self.queue.receive(min(RECEIVED, most - len(batch)))):
            batch += found
        return batch

    def _invoke(self, batch: list[Received]) -> None:
        invocation, program = self.function.begin({"Records": [self._record(one) for one in batch]})
        self._running += 1
        program.on_end.append(lambda: self._end(invocation, batch))

    def _end(self, invocation: Invocation, batch: list[Received]) -> None:
        self._running -= 1
        self.result = result_of(invocation)
        if invocation.outcome == "answered":
            failures = (invocation.answer or {}).get("batchItemFailures") or []
            failed = {one["itemIdentifier"] for one in failures} if self._described["reports"] else set()
            for one in batch:
                if one.id not in failed and self._draw.random() >= self._deliveries.again:
                    self.queue.delete(one.handle)
        self._scheduler.give(self.arrived)

    def _record(self, received: Received) -> dict[str, Any]:
        return {
            "messageId": received.id,
            "receiptHandle": received.handle,
            "body": received.body,
            "attributes": received.system,
            "messageAttributes": {},
            "md5OfBody": hashlib.md5(received.body.encode(), usedforsecurity=False).hexdigest(),
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queue.arn,
            "awsRegion": REGION,
        }
