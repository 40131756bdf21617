"""What would make a stage cheaper: its bill with other settings. Only what saves more than a few percent is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cli.cost import tables
from cli.cost.batches import READ_EVERY, SHARDS_ON_DEMAND
from cli.cost.bill import Bill, bill
from cli.cost.measurements import Measured
from cli.cost.stream import most_events, needed

LEAST_PERCENT = 3.0

LONGER_WINDOW = 5
"""Seconds."""

BUSY = 0.5
"""Of the time, at most, in a lane that others were given up for."""

SHORTER_TIMELINE = 30
"""Days."""

HOURS_INCLUDED = 24

PLANNED = "for traffic that rises slowly; of a sudden peak, what has no room is throttled and tried again"


class Advice(NamedTuple):
    """`changes` are settings by name, `means` what else changes with them."""

    changes: Mapping[str, Any]
    means: str
    month_usd: float
    saved_usd: float
    saved_percent: float


def advice(now: Bill, measured: Measured) -> list[Advice]:
    """What saves most first; at the end what may be changed together, where that is more than one setting."""
    alone = _worth_it(now, measured)
    together: dict[str, Any] = {}
    then = now
    while further := _worth_it(then, measured, besides=together):
        together |= further[0].changes
        then = bill(now.load, {**now.settings, **together}, measured)
    if len(together) > 1:
        saved = now.month_usd - then.month_usd
        percent = 100 * saved / now.month_usd
        alone.append(Advice(together, "all of it together", then.month_usd, saved, percent))
    return alone


def _worth_it(now: Bill, measured: Measured, besides: Mapping[str, Any] | None = None) -> list[Advice]:
    """What saves enough, most first; `besides` what was changed already."""
    found = [
        one
        for changes, means in _alternatives(now, measured)
        if not changes.keys() & (besides or {}).keys()
        if (one := _evaluated(now, changes, means, measured)) is not None
    ]
    return sorted(found, key=lambda one: -one.saved_usd)


def warnings(now: Bill, measured: Measured) -> list[str]:
    """Where the settings have no room for the load."""
    found = []
    planned = now.settings["stream_shards"]
    if planned is not None and (most := most_events(now.load, planned, measured)) < now.load.rate:
        found.append(
            f"stream_shards: {planned} has room for {most:,.0f} events a second: "
            f"{needed(now.load, measured)} are needed"
        )
    if now.usage.lane_busy > 1:
        found.append("process takes longer than there is time: more shards, or a larger stream_parallelism")
    return found + tables.throttled(now.usage, now.load.rate, now.settings)


def _alternatives(now: Bill, measured: Measured) -> Iterator[tuple[dict[str, Any], str]]:
    settings, load = now.settings, now.load
    planned, shards = settings["stream_shards"], needed(load, measured)
    if planned is None or planned > shards:
        until = most_events(load, shards, measured)
        steps = ", in steps (docs/operating/growing.md)" if 2 * shards < (planned or SHARDS_ON_DEMAND) else ""
        yield {"stream_shards": shards}, f"{_shards(shards)} until {_rounded(until)} events a second{steps}"
    if planned is not None:
        yield {"stream_shards": None}, "on demand: no capacity to plan"
    if settings["stream_parallelism"] > 1:
        yield {"stream_parallelism": 1}, "one batch of a shard at a time"
    if settings["stream_window_seconds"] < LONGER_WINDOW:
        later = LONGER_WINDOW - max(settings["stream_window_seconds"], READ_EVERY)
        yield {"stream_window_seconds": LONGER_WINDOW}, f"events act up to {later:g} seconds later"
    if settings["stream_retention_hours"] > HOURS_INCLUDED:
        yield {"stream_retention_hours": HOURS_INCLUDED}, "an event can wait for a day, not longer"
    if settings["api"] == "rest":
        yield {"api": "http"}, "no WAF, and no gzip under a textual content type"
    if settings.get("table_capacity") == {}:
        yield {"table_capacity": tables.fitting(now.usage, load.rate)}, PLANNED
    if settings["timeline_days"] > SHORTER_TIMELINE:
        yield (
            {"timeline_days": SHORTER_TIMELINE},
            "a setting of the workspace; the lake keeps what the timeline forgets",
        )


def _evaluated(now: Bill, changes: Mapping[str, Any], means: str, measured: Measured) -> Advice | None:
    """None when it does not save enough, or leaves too little room for the load."""
    then = bill(now.load, {**now.settings, **changes}, measured)
    saved = now.month_usd - then.month_usd
    percent = 100 * saved / now.month_usd
    if percent < LEAST_PERCENT or then.usage.lane_busy > BUSY or warnings(then, measured):
        return None
    return Advice(changes, means, then.month_usd, saved, percent)


def _shards(count: int) -> str:
    return "one shard" if count == 1 else f"{count} shards"


def _rounded(events: float) -> str:
    """Down, to two digits: it is no exact limit."""
    step = 10 ** max(0, len(str(int(events))) - 2)
    return f"{int(events) // step * step:,}"
