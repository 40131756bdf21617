"""The clock calls a function once at least; and which kinds of faults let AWS do its worst by itself."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulation.aws.behaviour import CALM
from simulation.campaign.faults import kinds
from simulation.campaign.faults.plan import Plan
from simulation.campaign.running import behaviour_of
from simulation.functions.function import Function
from simulation.mappings.deliveries import Deliveries
from simulation.mappings.schedules import Schedule
from simulation.scheduler import Scheduler

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("twice", "calls"), [(0.0, 3), (1.0, 6)])
def test_a_schedule_may_call_its_function_twice(twice: float, calls: int) -> None:
    scheduler = Scheduler(NOON, random.Random(1))
    called: list[datetime] = []

    def handle(_event: Any, _context: Any) -> None:
        called.append(scheduler.now())

    function = Function("sweep", 30, lambda _environment, _is_older: handle, scheduler, lambda _: None)
    described = {"every": "rate(1 minute)", "input": "{}"}
    Schedule(described, function, scheduler, Deliveries(twice=twice), random.Random(2)).start(NOON)
    scheduler.run(NOON + timedelta(minutes=2, seconds=30))
    assert len(called) == calls
    assert len(set(called)) == 3


def test_queues_and_tables_do_their_worst_where_the_plan_says_so() -> None:
    def throughout(*which: str) -> Any:
        return behaviour_of(Plan(1, NOON, throughout=frozenset(which)))

    assert throughout() == throughout(kinds.SMALL_CUTS, kinds.CLOCKS) == CALM
    assert throughout(kinds.DUPLICATE).twice > 0
    assert throughout(kinds.REORDER).unordered
    lagging = throughout(kinds.LAG, kinds.REORDER)
    assert lagging.unordered
    assert lagging.index_lag > 0
    assert lagging.expiry_late > 86_400
