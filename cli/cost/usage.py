"""What a load asks of AWS for each event: batches formed as the settings form them, and what their visits cost.

What is not measured is assumed here, and says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

from cli.cost import ledger
from cli.cost.batches import Reading, Waiting, of_queue, of_stream
from cli.cost.measurements import Function, Measured
from cli.cost.stream import SHARD_RECORDS, reading
from cli.cost.traffic import EVENTS_IN_SESSION, Load, requests
from shared.bus_entries import LARGEST_DETAIL

RECORDS = 8_000
"""About as many are simulated. At a high rate that is a part of the shards, with their part of the traffic."""

MOST_RECORDS = 40_000
"""Simulated at most: a second's work. Settings are compared by a dozen simulations."""

SHORTEST = 20.0
"""Seconds of traffic, and windows, at least."""

AWS_CALL_MS = 10
"""Assumed: how long a function waits for one call to AWS, or several at the same time."""

ONE_CORE_MB = 1_769
"""A function with less memory has that part of a core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""

SAVERS = 8
"""People whom `process` saves at the same time."""

DELIVERY_BYTES = 5 * 1024

RECEIVED_AND_DELETED = 1 + 1 / 10
"""Assumed, requests of Lambda's pollers for a message: each is received by itself, ten are deleted with one call."""


class Units(NamedTuple):
    """Of the tables: profiles, their index `due`, and the timeline."""

    profile_writes: float
    index_writes: float
    timeline_writes: float
    reads: float

    @property
    def writes(self) -> float:
        return self.profile_writes + self.index_writes + self.timeline_writes


@dataclass(frozen=True, slots=True)
class Usage:
    """Per event, but for `invocations`, `gb_seconds` and `log_bytes`: per event and function. What the ledger has in
    the lines of functions is apart."""

    requests: float
    records: float
    record_kb: float
    """Each record rounded up to 1 KB, as a stream on demand is billed."""
    record_bytes: float
    put_units: float
    units: Units
    timeline_bytes: float
    entries: float
    queue_requests: float
    delivery_bytes: float
    parquet_bytes: float
    timer_units: Units
    invocations: dict[str, float]
    gb_seconds: dict[str, float]
    log_bytes: dict[str, float]
    lane_busy: float
    """Part of the time in which a lane's function runs."""


class Carried(NamedTuple):
    person: int
    events: int
    size: float


HEEDED = (
    "stream_shards", "stream_parallelism", "stream_window_seconds", "archive_window_seconds", "collect_memory_mb",
    "process_memory_mb", "consumer_memory_mb",
)  # fmt: skip
"""Settings that what is used depends on."""


def usage(load: Load, settings: Mapping[str, Any], measured: Measured) -> Usage:
    """`settings` by name."""
    return _usage(load, tuple(settings[name] for name in HEEDED), measured)


@lru_cache(maxsize=64)
def _usage(load: Load, values: tuple[Any, ...], measured: Measured) -> Usage:
    settings = dict(zip(HEEDED, values, strict=True))
    at_rate = reading(load, settings, measured)
    part = _part(load, at_rate)
    seconds = _seconds(part.rate * _records_per_event(load), at_rate.window_seconds)
    sliced = replace(at_rate, shards=max(1, round(at_rate.shards * part.rate / load.rate)))
    counts: defaultdict[str, float] = defaultdict(float)
    arrived = [*_records(part, seconds, measured, counts)]
    messages = []
    busy_ms = 0.0
    for batch in of_stream(arrived, sliced):
        of_person: Counter[int] = Counter()
        for one in batch.carried:
            of_person[one.person] += one.events
        cpu_ms = 0.0
        for events, people in Counter(of_person.values()).items():
            visit = measured.visit(events)
            for name in Units._fields:
                counts[name] += people * getattr(visit, name)
            counts["timeline_bytes"] += people * visit.timeline_bytes
            cpu_ms += people * visit.cpu_ms
        events = of_person.total()
        entries = max(1, ceil(events * measured.bus_bytes / LARGEST_DETAIL))
        calls = 3 + ceil(len(of_person) / SAVERS)
        ms = _duration_ms(cpu_ms, settings["process_memory_mb"], calls)
        busy_ms += ms
        counts["process"] += 1
        counts["entries"] += entries
        counts["process_gb_s"] += ms / 1000 * settings["process_memory_mb"] / 1024
        messages += [Waiting(batch.second, "", LARGEST_DETAIL, events / entries)] * entries
    thinned = (
        load.rate / part.rate
    )  # a part of the messages fills a queue's batches in that much longer windows
    for called in of_queue(messages, settings["archive_window_seconds"] * thinned):
        rows = sum(called.carried)
        counts["archive"] += 1
        counts["delivery_bytes"] += ceil(rows * measured.row_bytes / DELIVERY_BYTES) * DELIVERY_BYTES
        counts["archive_gb_s"] += _gb_seconds(measured.archive, rows, settings["consumer_memory_mb"], 2)
    busy = busy_ms / 1000 / seconds / sliced.shards / sliced.lanes
    left_out = (load.rate / at_rate.shards) / (
        part.rate / sliced.shards
    )  # of a shard that has more than it takes
    return _per_event(load, settings, measured, counts, busy * left_out)


def _per_event(
    load: Load, settings: Mapping[str, Any], measured: Measured, counts: Mapping[str, float], busy: float
) -> Usage:
    each = {name: count / counts["events"] for name, count in counts.items()}
    session, sessions = measured.session, 1 / EVENTS_IN_SESSION
    collects = 1 / load.per_request
    timers = session.timers * sessions
    collect_gb_s = _gb_seconds(measured.collect, load.per_request, settings["collect_memory_mb"], 1)
    return Usage(
        requests=collects,
        records=each["records"] + timers,
        record_kb=each["record_kb"] + timers,
        record_bytes=each["record_bytes"] + session.record_bytes * sessions,
        put_units=each["put_units"] + timers,
        units=Units(*(each[name] for name in Units._fields)),
        timeline_bytes=each["timeline_bytes"],
        entries=each["entries"],
        queue_requests=each["entries"] * (1 + RECEIVED_AND_DELETED),
        delivery_bytes=each["delivery_bytes"] + session.rows * sessions * measured.row_bytes,
        parquet_bytes=(1 + session.rows * sessions) * measured.parquet_bytes,
        timer_units=Units(*(getattr(session, name) * sessions for name in Units._fields)),
        invocations={"collect": collects, "process": each["process"], "archive": each["archive"]},
        gb_seconds={
            "collect": collects * collect_gb_s,
            "process": each["process_gb_s"],
            "archive": each["archive_gb_s"],
        },
        log_bytes={
            "collect": collects * measured.collect.log_bytes,
            "process": each["process"] * measured.process.log_bytes,
            "archive": each["archive"] * measured.archive.log_bytes,
            "the ledger": ledger.log_bytes(
                requests=collects, records=each["records"], batches=each["process"]
            ),
        },
        lane_busy=busy,
    )


def _part(load: Load, at_rate: Reading) -> Load:
    """As many whole shards' traffic as is simulated: no shard's batches depend on another's. What a shard does not take
    is left out: the batches of a full one are as full as they can be."""
    most = RECORDS / SHORTEST / max(1.0, at_rate.window_seconds) / _records_per_event(load)
    shards_simulated = max(1, min(at_rate.shards, int(most * at_rate.shards / load.rate)))
    full = shards_simulated * SHARD_RECORDS / _records_per_event(load)
    return replace(load, rate=min(full, load.rate * shards_simulated / at_rate.shards))


def _seconds(records_a_second: float, window_seconds: float) -> float:
    """How long traffic is simulated: for some windows, and until there are enough records. Where so many come that they
    fill batches before a window ends, fewer windows do."""
    wanted = max(SHORTEST, SHORTEST * window_seconds, RECORDS / records_a_second)
    return max(SHORTEST, min(wanted, MOST_RECORDS / records_a_second))


def _records_per_event(load: Load) -> float:
    return 1 / load.per_request if load.people == "one" else 1.0


def _records(
    load: Load, seconds: float, measured: Measured, counts: defaultdict[str, float]
) -> Iterator[Waiting[Carried]]:
    for request in requests(load, seconds):
        for person, events in Counter(request.persons).items():
            size = measured.visit(events).record_bytes * events / max(events, 1)
            counts["events"] += events
            counts["records"] += 1
            counts["record_bytes"] += size
            counts["record_kb"] += ceil(size / 1024)
            counts["put_units"] += ceil(size / (25 * 1024))
            yield Waiting(request.second, f"user:{person}", int(size), Carried(person, events, size))


def _gb_seconds(function: Function, events: float, memory_mb: int, calls: int) -> float:
    ms = _duration_ms(function.cpu_ms + events * function.cpu_ms_per_event, memory_mb, calls)
    return ms / 1000 * memory_mb / 1024


def _duration_ms(cpu_ms: float, memory_mb: int, calls: int) -> float:
    return cpu_ms * max(1.0, ONE_CORE_MB / memory_mb) + calls * AWS_CALL_MS
