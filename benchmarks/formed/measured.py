"""What `headrace cost` reckons with, measured on the real handlers and kept in `cli/cost/measured.json`.

How many events of a person meet in one batch of `process`, a visit, decides what they cost. Visits of some sizes are
measured, each of many people who are at different points of whatever happens every so many events.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import orjson

from benchmarks.formed import times
from benchmarks.formed.runs import Run
from benchmarks.formed.simulated import Simulation
from benchmarks.process import EVENT_BYTES
from cli.cost.measurements import FILE, Function, Measured, Session, Visit
from cli.cost.traffic import Load
from shared.lake import schema
from simulation.aws.dynamodb.values import Item, item_bytes
from simulation.contents import PROFILES, TIMELINE

VISITS = {1: 3_000, 2: 1_500, 5: 400, 20: 300, 100: 60}
"""Events of a visit → how many visits are measured. Small ones for half a minute, as `loads` are: in the first seconds
more of their events stay beside the profile than later."""

RATE = 100
SESSIONS = 200

ITEM_OVERHEAD = 100
"""Bytes that DynamoDB's storage adds to each item."""


class Timed(NamedTuple):
    """A run, and the CPU seconds that an invocation of each function takes in it."""

    run: Run
    seconds: Mapping[str, float]


def measure(simulation: Simulation) -> Measured:
    runs = {
        events: Timed(run, times.seconds(run))
        for events, count in VISITS.items()
        for run in [simulation.run(Load(RATE, events, "one"), count * events / RATE)]
    }
    one, many = runs[1].run, runs[100].run
    visits = tuple(_visit(timed) for timed in runs.values())
    return Measured(
        event_bytes=EVENT_BYTES,
        visits=visits,
        session=_session(simulation.sessions(SESSIONS), visits[0]),
        collect=_function(runs, "collect"),
        process=_function(runs, "process")._replace(cpu_ms=0, cpu_ms_per_event=0),  # that of its visits
        archive=_function(runs, "archive"),
        bus_bytes=round(many.meter.sum("detail_bytes") / many.events, 1),
        row_bytes=round(sum(map(len, many.delivered)) / many.events, 1),
        parquet_bytes=round(_parquet(many.delivered) / many.events, 1),
        metrics=len(one.metrics),
    )


def keep(found: Measured) -> None:
    FILE.write_bytes(orjson.dumps(named(found), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def named(value: Any) -> Any:
    """By name, as JSON has it."""
    if hasattr(value, "_asdict"):
        return {name: named(one) for name, one in value._asdict().items()}
    return [named(one) for one in value] if isinstance(value, tuple) else value


def _visit(timed: Timed) -> Visit:
    run, visits = timed.run, timed.run.visits.total()
    return Visit(
        events=round(run.events / visits, 3),
        **{name: round(count / visits, 3) for name, count in _units(run).items()},
        record_bytes=round(run.meter.sum("record_bytes") / visits, 1),
        timeline_bytes=round((_stored(run.timeline) - _stored(run.before[TIMELINE])) / visits, 1),
        cpu_ms=round(1000 * timed.seconds["process"] * run.invocations("process") / visits, 2),
    )


def _session(run: Run, visit: Visit) -> Session:
    """Each has one event, the first of the next session, whose own visit is counted elsewhere. What `sweep` writes and
    reads is not in it."""
    return Session(
        timers=round(run.meter.sum("records", by="sweep") / run.events, 2),
        **{name: round(count / run.events - getattr(visit, name), 2) for name, count in _units(run).items()},
        record_bytes=round(run.meter.sum("record_bytes") / run.events - visit.record_bytes, 1),
        rows=round(sum(data.count(b"\n") for data in run.delivered) / run.events - 1, 2),
    )


def _units(run: Run) -> dict[str, float]:
    units = partial(run.meter.sum, by="process")
    return {
        "profile_writes": units("write_units", of=PROFILES),
        "index_writes": units("write_units", of=f"{PROFILES}/due"),
        "timeline_writes": units("write_units", of=TIMELINE),
        "reads": units("read_units", of=PROFILES),
    }


def _function(runs: Mapping[int, Timed], name: str) -> Function:
    """The line through the smallest and the largest invocations."""
    points = [
        (timed.run.events / timed.run.invocations(name), timed.seconds[name]) for timed in runs.values()
    ]
    (few, quick), (many, slow) = min(points), max(points)
    per_event = max(0.0, (slow - quick) / (many - few))
    run = runs[5].run
    return Function(
        log_bytes=round(run.log_bytes(name) / run.invocations(name), 1),
        cpu_ms=round(1000 * max(0.0, quick - few * per_event), 3),
        cpu_ms_per_event=round(1000 * per_event, 4),
    )


def _stored(items: Sequence[Item]) -> int:
    return sum(item_bytes(item) + ITEM_OVERHEAD for item in items)


def _parquet(delivered: Sequence[bytes]) -> int:
    """Bytes of the rows as Firehose writes them: Parquet, Snappy. DuckDB writes it here."""
    types = {name: _duckdb(kind) for name, kind in schema.EVENTS.columns}
    with tempfile.TemporaryDirectory() as folder:
        rows, made = Path(folder) / "rows.json", Path(folder) / "rows.parquet"
        rows.write_bytes(b"".join(delivered))
        duckdb.read_json(str(rows), columns=types, format="newline_delimited").write_parquet(
            str(made), compression="snappy"
        )
        return made.stat().st_size


def _duckdb(kind: str) -> str:
    return "MAP(VARCHAR, VARCHAR)" if kind.startswith("map<") else {"string": "VARCHAR"}.get(kind, kind)
