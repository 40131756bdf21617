"""What AWS would bill of a whole stack that runs: its functions' calls, their invocations, and what Lambda asks of the
queues that it takes from."""

from __future__ import annotations

from math import ceil
from typing import Any

from simulation.billing import units
from simulation.billing.meter import Billed, Meter
from simulation.functions.invocation import Invocation
from simulation.world import World

DELETED_AT_ONCE = 10
"""Assumed: messages that Lambda deletes with one request, as many as SQS takes."""


class StackMeter(Meter):
    """Counts from now on. Besides what `Billed` says: `invocations` of each function, and the `items` that they are
    given."""

    def __init__(self, world: World) -> None:
        super().__init__(world.account, lambda: _caller(world))
        self._world = world
        self._invocations_before = len(world.invocations)
        world.account.listener = self
        world.stack.beginnings.append(self._began)

    @property
    def invocations(self) -> list[Invocation]:
        """Those that have ended since."""
        return self._world.invocations[self._invocations_before :]

    def log_bytes(self, function: str) -> int:
        return sum(units.log_bytes(one.lines) for one in self.invocations if one.function == function)

    def _began(self, invocation: Invocation, event: Any) -> None:
        records = event.get("Records", []) if isinstance(event, dict) else []
        self._of(invocation, "invocations", "", 1)
        self._of(invocation, "items", "", len(records))
        if records and records[0].get("eventSource") == "aws:sqs":
            self._of_queue(invocation, records)

    def _of_queue(self, invocation: Invocation, messages: list[dict[str, Any]]) -> None:
        """Each message was sent, received by itself, as one that a poller waits for is, and is deleted with others."""
        queue = messages[0]["eventSourceARN"].rpartition(":")[2]
        chunks = sum(units.queue_requests(len(one["body"].encode())) for one in messages)
        self._of(invocation, "queue_requests", queue, 2 * chunks + ceil(len(messages) / DELETED_AT_ONCE))

    def _of(self, invocation: Invocation, unit: str, of: str, count: float) -> None:
        self.billed[Billed(invocation.function, unit, of)] += count


def _caller(world: World) -> str:
    program = world.scheduler.current
    owner = program.owner if program is not None else None
    return owner.function if isinstance(owner, Invocation) else ""
