"""A schedule → timers on the stream, for everybody who is due."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.sweep.sweep import Sweep
from shared.aws.streams.stream import KinesisStream
from shared.aws.tables.due_profiles import DynamoDueProfiles

logger = Logger()
metrics = Metrics()


class ShardsLeft(Exception):
    """Some shards could not be swept: the next round goes on with them. The others are done."""


@cache
def sweep() -> Sweep:
    return Sweep(
        DynamoDueProfiles(os.environ["PROFILES_TABLE"]),
        KinesisStream(os.environ["STREAM_NAME"]),
        per_second=int(os.environ["TIMERS_PER_SECOND"]),
    )


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: object) -> None:
    done = sweep().round(datetime.now(UTC))
    metrics.add_metric(name="sweep_timers", unit=MetricUnit.Count, value=done.timers if done else 0)
    if done is None:
        logger.info("another round is at work")
        return
    behind = done.behind.total_seconds()
    metrics.add_metric(name="sweep_behind", unit=MetricUnit.Seconds, value=behind)
    counts = {"timers": done.timers, "unsendable": done.unsendable, "behind": behind, "paused": done.paused}
    logger.info("sweep done", extra=counts)
    if done.failed:
        raise ShardsLeft(f"shards {done.failed}")
