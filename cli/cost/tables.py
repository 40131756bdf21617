"""What tables cost: on demand by the unit, or with planned capacity, which DynamoDB scales, by the hour."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from cli.cost.lines import HOURS, Line, paid, paid_when_idle
from cli.cost.usage import Units, Usage

USED = 0.7
"""Of its capacity: what the stack lets DynamoDB keep a table at."""

SCALING_ALARMS = 8
"""Of a table or an index that scales itself: four each for writes and reads.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html"""

INDEXES = {"profiles": 1, "messages": 2, "tee": 1}
"""By table. Each has its table's capacity."""

LEAST, ROOM = 1, 3
"""Units a second that are always there, and how many times the load's there may be, where capacity is advised."""

Capacity = Mapping[str, Any]
"""`least_writes`, `most_writes`, `least_reads`, `most_reads`: units a second."""


class Need(NamedTuple):
    """Units a second of a table or an index. `table` is whose capacity, `what` for people."""

    table: str
    what: str
    writes: float
    reads: float

    def capacity(self, planned: Capacity) -> tuple[float, float]:
        """Writes and reads, as they are scaled."""
        return (
            min(max(self.writes / USED, planned["least_writes"]), planned["most_writes"]),
            min(max(self.reads / USED, planned["least_reads"]), planned["most_reads"]),
        )


def needs(units: Units, rate: float) -> list[Need]:
    return [
        Need("profiles", "profiles", rate * units.profile_writes, rate * units.reads),
        Need("profiles", "index of who is due", rate * units.index_writes, 0),
        Need("timeline", "timeline", rate * units.timeline_writes, 0),
    ]


def all_needs(used: Usage, rate: float) -> list[Need]:
    both = zip(used.units, used.timer_units, strict=True)
    return needs(Units(*(events + timers for events, timers in both)), rate)


def of_traffic(used: Usage, rate: float, settings: Mapping[str, Any]) -> list[Line]:
    """Of tables on demand, what sessions cost as they end is apart."""
    planned = _planned(settings)
    lines = []
    for units, when in ((used.units, ""), (used.timer_units, ", as sessions end")):
        for need in needs(units, rate):
            if need.table not in planned:
                lines += _on_demand(need, when)
    for need in all_needs(used, rate):
        if need.table in planned:
            lines += _above_least(need, planned[need.table])
    return lines


def idle(settings: Mapping[str, Any]) -> list[Line]:
    """The least capacity of tables and indexes, and the alarms that scale them."""
    lines = []
    for table, capacity in _planned(settings).items():
        times = 1 + INDEXES.get(table, 0)
        for kind, quantity in (("write", capacity["least_writes"]), ("read", capacity["least_reads"])):
            hours = times * quantity * HOURS
            what = f"{table}: least capacity, {kind}s"
            lines.append(paid_when_idle("tables", what, hours, f"{kind}_capacity_hour", "counted"))
        alarms = times * SCALING_ALARMS
        lines.append(paid_when_idle("alarms", f"{table} scales", alarms, "alarm_metric", "assumed"))
    return lines


def throttled(used: Usage, rate: float, settings: Mapping[str, Any]) -> list[str]:
    """What has less capacity than the load takes."""
    found = []
    for need in all_needs(used, rate):
        if (capacity := _planned(settings).get(need.table)) is None:
            continue
        for kind, wanted in (("writes", need.writes), ("reads", need.reads)):
            if wanted > capacity[f"most_{kind}"]:
                found.append(
                    f"table_capacity: {need.what} takes {wanted:,.0f} {kind} a second, "
                    f"most_{kind} is {capacity[f'most_{kind}']:,}"
                )
    return found


def fitting(used: Usage, rate: float) -> dict[str, dict[str, int]]:
    """A `table_capacity` for the load, with room."""
    most: dict[str, dict[str, int]] = {}
    for need in all_needs(used, rate):
        of_table = most.setdefault(need.table, {"writes": 1, "reads": 1})
        for kind, wanted in (("writes", need.writes), ("reads", need.reads)):
            of_table[kind] = max(of_table[kind], _round(ROOM * wanted))
    return {
        table: {
            "least_writes": LEAST, "most_writes": of_table["writes"],
            "least_reads": LEAST, "most_reads": of_table["reads"],
        }
        for table, of_table in most.items()
    }  # fmt: skip


def _planned(settings: Mapping[str, Any]) -> Mapping[str, Capacity]:
    found: Mapping[str, Capacity] = settings.get("table_capacity") or {}
    return found


def _on_demand(need: Need, when: str) -> list[Line]:
    seconds = HOURS * 3600
    return [
        paid("tables", f"{need.what}: {kind}s{when}", units * seconds, f"{kind}_unit", "formed")
        for kind, units in (("write", need.writes), ("read", need.reads))
        if units
    ]


def _above_least(need: Need, planned: Capacity) -> list[Line]:
    writes, reads = need.capacity(planned)
    lines = []
    for kind, capacity in (("write", writes), ("read", reads)):
        hours = HOURS * (capacity - planned[f"least_{kind}s"])
        if hours > 0:
            lines.append(paid("tables", f"{need.what}: {kind}s", hours, f"{kind}_capacity_hour", "formed"))
    return lines


def _round(units: float) -> int:
    """Up, to one digit."""
    step = int("1".ljust(len(str(max(1, ceil(units)))), "0"))
    return max(1, ceil(units / step) * step)
