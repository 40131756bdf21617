"""What a stage costs when nobody sends anything. `tests/infra/test_idle_costs.py` holds the numbers to the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.cost import tables
from cli.cost.lines import GB, HOURS, SECONDS, Line, paid_when_idle

ALARM_METRICS = 23
DELIVERY_ALARM_METRICS = 18
"""With the setting `delivery_alarms`."""
QUEUES = 6
"""That Lambda's pollers ask."""
SECRETS = 2

POLLERS, POLL_SECONDS = 5, 20
"""Of an SQS source, at least, where nothing comes: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""

SWEEPS, LOOKS = SECONDS / 60, SECONDS / 300
"""How often `sweep` and `watch` are called."""
SWEEP_SECONDS, LOOK_SECONDS = 1 / 3, 1.3
"""Assumed."""
SWEEP_READ_UNITS, SWEEP_WRITE_UNITS = 8, 1
"""Assumed: eight shards of the index are asked twice, half a unit each, and the cursor is written."""
LOOK_REQUESTS = 12
"""Each a queue's."""
LOG_BYTES = 800
"""Assumed, of one call."""

HOURS_INCLUDED = 24
"""For which a stream keeps its records at no further price."""


def idle(settings: Mapping[str, Any]) -> list[Line]:
    """`settings` by name."""
    shards = settings["stream_shards"]
    lines = [
        paid_when_idle("stream", f"shards: {shards}", HOURS * shards, "shard_hour", "counted")
        if shards
        else paid_when_idle("stream", "on demand", HOURS, "on_demand_hour", "counted")
    ]
    if shards and settings["stream_retention_hours"] > HOURS_INCLUDED:
        what = f"kept for {settings['stream_retention_hours']} hours"
        lines.append(paid_when_idle("stream", what, HOURS * shards, "shard_retention_hour", "counted"))
    if settings["alarms"]:
        count = ALARM_METRICS + DELIVERY_ALARM_METRICS * settings["delivery_alarms"]
        lines.append(paid_when_idle("alarms", "metrics watched", count, "alarm_metric", "counted"))
        lines += _watch(settings)
    if settings["snap_start"]:
        kept = settings["collect_memory_mb"] / 1024 * SECONDS
        lines.append(
            paid_when_idle("functions", "snapshot of collect", kept, "snapshot_gb_second", "counted")
        )
    polls = QUEUES * POLLERS * SECONDS / POLL_SECONDS
    return [
        *lines,
        paid_when_idle("queues", "Lambda's pollers", polls, "queue_request", "counted"),
        *_sweep(settings),
        *tables.idle(settings),
        paid_when_idle("secrets", "secrets", SECRETS, "secret", "counted"),
    ]


def _sweep(settings: Mapping[str, Any]) -> list[Line]:
    return [
        *_called("sweep", SWEEPS, SWEEP_SECONDS, settings),
        paid_when_idle("tables", "sweep: reads", SWEEPS * SWEEP_READ_UNITS, "read_unit", "assumed"),
        paid_when_idle("tables", "sweep: writes", SWEEPS * SWEEP_WRITE_UNITS, "write_unit", "assumed"),
    ]


def _watch(settings: Mapping[str, Any]) -> list[Line]:
    return [
        *_called("watch", LOOKS, LOOK_SECONDS, settings),
        paid_when_idle("queues", "watch: looks", LOOKS * LOOK_REQUESTS, "queue_request", "counted"),
    ]


def _called(name: str, times: float, seconds: float, settings: Mapping[str, Any]) -> list[Line]:
    gb_seconds = times * seconds * settings["consumer_memory_mb"] / 1024
    return [
        paid_when_idle("functions", f"{name}: called", times, "lambda_request", "counted"),
        paid_when_idle("functions", f"{name}: runs", gb_seconds, "lambda_gb_second", "assumed"),
        paid_when_idle("logs", name, times * LOG_BYTES / GB, "log_gb", "assumed"),
    ]
