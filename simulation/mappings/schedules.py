"""Functions that are called by the clock.

Lambda calls a function that failed again after one and after two minutes more, and may call one that did not:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson

from simulation.functions.function import Function
from simulation.mappings.deliveries import Deliveries
from simulation.scheduler import Scheduler

RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
AGAIN_AFTER = (60.0, 120.0)
"""Seconds."""


class Schedule:
    """`described` is the schedule in the topology. `worthwhile` says whether a call would do anything: what has nothing
    to do for hours need not be called each minute."""

    def __init__(
        self,
        described: dict[str, Any],
        function: Function,
        scheduler: Scheduler,
        deliveries: Deliveries,
        draw: random.Random,
        worthwhile: Callable[[], bool] = lambda: True,
    ) -> None:
        self.function = function
        self._every = every(described["every"])
        self._input = orjson.loads(described["input"])
        self._scheduler, self._deliveries, self._worthwhile = scheduler, deliveries, worthwhile
        self._draw = draw

    def start(self, first: datetime) -> None:
        self._scheduler.at(first, self._turn)

    def _turn(self) -> None:
        now = self._scheduler.now()
        self._scheduler.at(now + self._every, self._turn)
        stalled = self._deliveries.stalled.get(self.function.name)
        if (stalled is None or stalled <= now) and self._worthwhile():
            self._call(0)
            if self._draw.random() < self._deliveries.twice:
                self._call(0)

    def _call(self, tried: int) -> None:
        invocation, program = self.function.begin(self._input)

        def ended() -> None:
            if invocation.outcome != "answered" and tried < len(AGAIN_AFTER):
                self._scheduler.after(AGAIN_AFTER[tried], lambda: self._call(tried + 1))

        program.on_end.append(ended)


def every(rate: str) -> timedelta:
    found = RATE.fullmatch(rate)
    if found is None:
        raise ValueError(f"the simulation does not know the schedule {rate}")
    return int(found[1]) * timedelta(**{f"{found[2]}s": 1})
