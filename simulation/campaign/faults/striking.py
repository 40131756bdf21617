"""Faults at calls: between the adapters and AWS, each attempt of each call goes by here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from simulation.aws.calls import Failure
from simulation.campaign.faults import kinds
from simulation.campaign.faults.plan import Moment, Place, Plan
from simulation.faults import Crash, PortCall


class Struck(NamedTuple):
    """A fault that struck."""

    at: datetime
    place: Place
    kind: str


class Striking:
    """What the world asks around every attempt of every call that a function makes."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.struck: list[Struck] = []
        self.called: Counter[tuple[str, str]] = Counter()
        self._outages = [moment for moment in plan.moments if moment.kind == kinds.OUTAGE]
        self._faults: dict[int, tuple[PortCall, Place, str]] = {}
        """Those that are to strike after their call's effect: others may call in between."""

    def before(self, call: PortCall) -> Failure | None:
        stage, now = call.function.partition("-")[0], call.at
        operation = f"{call.service}.{call.operation}"
        self.called[stage, operation] += 1
        for outage in self._outages:
            if _concerns(outage, call) and outage.at <= now < outage.at + outage.lasts:
                return Failure("ServiceUnavailable", 503, "an outage")
        if now >= self.plan.until:
            return None
        place = Place(stage, operation, self.called[stage, operation])
        kind = self.plan.strike_at(place)
        if kind is None:
            return None
        if kind not in kinds.BEFORE:
            self._faults[id(call)] = (call, place, kind)
            return None
        self._note(call, place, kind)
        if kind == kinds.CRASH_BEFORE:
            raise Crash(f"before {place}")
        if kind == kinds.THROTTLED:
            code, status = kinds.THROTTLES[call.service]
            return Failure(code, status, "slow down")
        if kind == kinds.UNREACHABLE:
            return Failure("", 0)
        return Failure("InternalFailure", 500, "a failure of the service")

    def after(self, call: PortCall, answer: Mapping[str, Any]) -> Failure | None:  # noqa: ARG002
        _, place, kind = self._faults.pop(id(call), (None, None, None))
        if place is None or kind not in kinds.AFTER:
            return None
        self._note(call, place, kind)
        if kind == kinds.CRASH_AFTER:
            raise Crash(f"after {place}")
        return Failure("", 0) if kind == kinds.LOST_ANSWER else Failure("InternalFailure", 500, "too late")

    def take(self, call: PortCall, count: int) -> Collection[int]:
        """Some of the items, or all: at random, but the same each time."""
        _, place, kind = self._faults.get(id(call), (None, None, None))
        if place is None or kind != kinds.PARTIAL or count == 0:
            return ()
        self._note(call, place, kind)
        random = Random(f"{self.plan.seed} {place} items")
        return sorted(random.sample(range(count), random.randint(1, count)))

    def _note(self, call: PortCall, place: Place, kind: str) -> None:
        self.struck.append(Struck(call.at, place, kind))


def _concerns(outage: Moment, call: PortCall) -> bool:
    if outage.about == kinds.WRITES:
        return call.service == "dynamodb" and call.operation in kinds.WRITING
    return outage.about == call.service
