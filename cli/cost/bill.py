"""A month's bill of a stage for a load: its lines, and what a million events cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.cost import tables
from cli.cost.idle import HOURS_INCLUDED, idle
from cli.cost.lines import GB, HOURS, SECONDS, Line, paid
from cli.cost.measurements import Measured
from cli.cost.traffic import Load
from cli.cost.usage import Usage, usage

FIRST_TIER = 300e6
"""Requests of an HTTP API in a month."""

ACCESS_LOG_BYTES = 260
"""Assumed: of one line of the gateway's access log, with what CloudWatch adds to it."""

TIMELINE_DAYS = 90
"""A workspace's `timeline_days`, where it says nothing."""

DAYS = HOURS / 24


@dataclass(frozen=True, slots=True)
class Bill:
    load: Load
    settings: Mapping[str, Any]
    lines: list[Line]
    usage: Usage

    @property
    def events(self) -> float:
        """In a month."""
        return self.load.rate * SECONDS

    @property
    def month_usd(self) -> float:
        return sum(line.month_usd for line in self.lines)

    @property
    def idle_month_usd(self) -> float:
        return sum(line.idle_usd for line in self.lines)

    @property
    def per_million_usd(self) -> float:
        """Idle included."""
        return self.per_million(self.month_usd)

    def per_million(self, month_usd: float) -> float:
        return month_usd / self.events * 1e6


def bill(load: Load, settings: Mapping[str, Any], measured: Measured) -> Bill:
    """`settings` by name, those of the stage and `timeline_days` of the workspace."""
    used = usage(load, settings, measured)
    events = load.rate * SECONDS
    lines = [
        *_api(used.requests * events, settings),
        *_functions(used, events),
        *_logs(used, events, settings),
        *_stream(used, events, settings),
        *tables.of_traffic(used, load.rate, settings),
        paid("bus", "entries", used.entries * events, "bus_entry", "formed"),
        paid("queues", "archive", used.queue_requests * events, "queue_request", "assumed"),
        paid("delivery", "rows to Firehose", used.delivery_bytes * events / GB, "delivery_gb", "formed"),
        paid("delivery", "made Parquet", used.delivery_bytes * events / GB, "conversion_gb", "formed"),
        *_storage(used, events, settings),
        paid("metrics", "of steady traffic", measured.metrics, "custom_metric", "measured"),
        *idle(settings),
    ]
    return Bill(load, settings, lines, used)


def _api(requests: float, settings: Mapping[str, Any]) -> list[Line]:
    if settings["api"] == "rest":
        return [paid("api", "requests", requests, "api_rest", "counted")]
    lines = [paid("api", "requests", min(requests, FIRST_TIER), "api_http", "counted")]
    if requests > FIRST_TIER:
        lines.append(
            paid("api", "requests beyond 300 M", requests - FIRST_TIER, "api_http_beyond", "counted")
        )
    return lines


def _functions(used: Usage, events: float) -> list[Line]:
    lines = []
    for name in used.invocations:
        lines.append(
            paid("functions", f"{name}: called", used.invocations[name] * events, "lambda_request", "formed")
        )
        lines.append(
            paid("functions", f"{name}: runs", used.gb_seconds[name] * events, "lambda_gb_second", "assumed")
        )
    return lines


def _logs(used: Usage, events: float, settings: Mapping[str, Any]) -> list[Line]:
    access = used.requests * events * ACCESS_LOG_BYTES / GB
    written = {name: size * events / GB for name, size in used.log_bytes.items()}
    kept = (sum(written.values()) + access) * settings["log_days"] / DAYS
    return [
        *(paid("logs", name, size, "log_gb", "formed") for name, size in written.items()),
        paid("logs", "the gateway's access log", access, "log_gb", "assumed"),
        paid("logs", f"kept for {settings['log_days']} days", kept, "log_gb_month", "formed"),
    ]


def _stream(used: Usage, events: float, settings: Mapping[str, Any]) -> list[Line]:
    if settings["stream_shards"]:
        return [paid("stream", "records put", used.put_units * events, "shard_put", "measured")]
    kept_days = (settings["stream_retention_hours"] - HOURS_INCLUDED) / 24
    lines = [
        paid("stream", "records in", used.record_kb * events / 1024**2, "on_demand_gb_in", "measured"),
        paid("stream", "records out", used.record_bytes * events / GB, "on_demand_gb_out", "measured"),
    ]
    if kept_days > 0:
        kept = used.record_bytes * events / GB * kept_days / DAYS
        what = f"kept for {settings['stream_retention_hours']} hours"
        lines.append(paid("stream", what, kept, "on_demand_retention_gb_month", "measured"))
    return lines


def _storage(used: Usage, events: float, settings: Mapping[str, Any]) -> list[Line]:
    """What the month's events take for as long as they are kept: each month of steady traffic pays for it."""
    days = settings["timeline_days"]
    timeline = used.timeline_bytes * events / GB * days / DAYS
    lake_days = settings["lake_days"]
    months = lake_days / DAYS if lake_days else 1.0
    lake = used.parquet_bytes * events / GB * months
    puts = SECONDS / max(1, settings["lake_buffer_seconds"])
    return [
        paid("storage", f"timeline, {days} days", timeline, "table_gb_month", "measured"),
        paid(
            "storage",
            f"lake, {lake_days} days" if lake_days else "lake, each month of it",
            lake,
            "bucket_gb_month",
            "measured",
        ),
        paid("storage", "objects of the lake", puts, "bucket_put", "assumed"),
    ]
