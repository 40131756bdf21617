"""What the real handlers ask of AWS, measured by `make bench` and kept in `measured.json` beside this.

A visit is one person's events in one batch of `process`: one read, one save. Its size decides what its events cost, and
sizes between those that were measured are interpolated. A test holds the counted figures to the handlers.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

FILE = Path(__file__).with_name("measured.json")


class Visit(NamedTuple):
    """`events` on average. Units are those of the tables: of profiles, of their index `due`, of the timeline.
    `record_bytes` are of the records that brought the events, `timeline_bytes` what the timeline stores of them,
    `cpu_ms` one core's."""

    events: float
    profile_writes: float
    index_writes: float
    timeline_writes: float
    reads: float
    record_bytes: float
    timeline_bytes: float
    cpu_ms: float


class Session(NamedTuple):
    """What a session costs besides its events' visits: the timers that end it, and that it begins."""

    timers: float
    profile_writes: float
    index_writes: float
    timeline_writes: float
    reads: float
    record_bytes: float
    rows: float


class Function(NamedTuple):
    """Of one invocation: the bytes of its log, and milliseconds of one core, besides those for each event."""

    log_bytes: float
    cpu_ms: float
    cpu_ms_per_event: float


class Measured(NamedTuple):
    """`bus_bytes`, `row_bytes` and `parquet_bytes` are of one event: packed on the bus, as JSON for Firehose, in the
    lake. `metrics` is the number of CloudWatch metrics that steady traffic has."""

    event_bytes: int
    visits: tuple[Visit, ...]
    session: Session
    collect: Function
    process: Function
    archive: Function
    bus_bytes: float
    row_bytes: float
    parquet_bytes: float
    metrics: int

    def visit(self, events: int) -> Visit:
        """Between two measured sizes on the line through both, beyond them on that of the nearest two."""
        pairs = list(zip(self.visits, self.visits[1:], strict=False))
        low, high = next((pair for pair in pairs if events <= pair[1].events), pairs[-1])
        share = (events - low.events) / (high.events - low.events)
        return Visit(*(a + share * (b - a) for a, b in zip(low, high, strict=True)))


@cache
def measured() -> Measured:
    return read()


def read() -> Measured:
    """As it is kept now."""
    kept = orjson.loads(FILE.read_bytes())
    made = {
        **kept,
        "visits": tuple(Visit(**one) for one in kept["visits"]),
        "session": Session(**kept["session"]),
        **{name: Function(**kept[name]) for name in ("collect", "process", "archive")},
    }
    return Measured(**made)
