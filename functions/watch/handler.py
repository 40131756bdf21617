"""A schedule → metrics: what stands still, how much was put aside, which records are missing; the log names them."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.watch.environment import Environment
from functions.watch.look import look
from shared.aws.runtime import RUNTIME

MOST_NAMED = 100
"""Records in the log; `headrace ledger` names all."""

logger = Logger()
metrics = Metrics()


def lambda_handler(event: dict[str, Any], context: object) -> None:
    handle(Environment.read(os.environ), RUNTIME.now())


def handle(names: Environment, now: datetime) -> None:
    seen = look(names, now)
    waiting = sum(seen.dead_letters.values())
    _count(watch_stopped=len(seen.stopped), watch_dead_letters=waiting, watch_missing=len(seen.missing))
    log = logger.warning if seen.stopped or waiting or seen.missing else logger.info
    log(
        "watched",
        extra={
            "stopped": seen.stopped,
            "dead_letters": seen.dead_letters,
            "missing": seen.missing[:MOST_NAMED],
        },
    )


def _count(**counts: int) -> None:
    """A metric that is always 0 would cost as much as any other."""
    for name, count in counts.items():
        if count:
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    if metrics.metric_set:
        metrics.flush_metrics()
