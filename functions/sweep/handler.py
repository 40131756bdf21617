"""A schedule → timers on the stream, for everybody who is due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.sweep.bootstrap import sweep
from functions.sweep.sweep import Round, Sweep
from shared.aws.runtime import RUNTIME
from shared.ledger import places

WORTH_SAYING = 1
"""Seconds behind, from which on they are counted. A metric costs $0.30 in a month in which it has a value: a round that
has nothing to say has none. Whether rounds are begun at all, Lambda counts."""

logger = Logger()
metrics = Metrics()


class ShardsLeft(Exception):
    """Some shards could not be swept: the next round goes on with them. The others are done."""


def lambda_handler(event: dict[str, Any], context: object) -> None:
    handle(sweep(), RUNTIME.now())


def handle(stage: Sweep, now: datetime) -> None:
    done = stage.round(now)
    if done is None:
        logger.info("another round is at work")
        return
    put, *more = places.in_lines(stage.stream.written()) or [""]
    _say(done, put)
    for further in more:
        logger.info("more timers", extra={"put": further})
    if done.failed:
        raise ShardsLeft(f"shards {done.failed}")


def _say(done: Round, put: str) -> None:
    """In one line: what is counted has the rest beside it, and where the timers stand on the stream."""
    behind = done.behind.total_seconds()
    if done.timers:
        metrics.add_metric(name="sweep_timers", unit=MetricUnit.Count, value=done.timers)
    if behind >= WORTH_SAYING:
        metrics.add_metric(name="sweep_behind", unit=MetricUnit.Seconds, value=behind)
    if not metrics.metric_set:
        counts = {
            "timers": done.timers,
            "unsendable": done.unsendable,
            "behind": behind,
            "paused": done.paused,
            **({"put": put} if put else {}),
        }
        logger.info("sweep done", extra=counts)
        return
    metrics.add_metadata("message", "sweep done")
    metrics.add_metadata("unsendable", done.unsendable)
    metrics.add_metadata("paused", done.paused)
    if put:
        metrics.add_metadata("put", put)
    metrics.flush_metrics()
