"""A schedule → metrics: what stands still, and how much was put aside; the log says which it is."""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.watch.environment import Environment
from functions.watch.look import look

logger = Logger()
metrics = Metrics()


def lambda_handler(event: dict[str, Any], context: object) -> None:
    handle(Environment.read(os.environ))


def handle(names: Environment) -> None:
    seen = look(names)
    waiting = sum(seen.dead_letters.values())
    _count(watch_stopped=len(seen.stopped), watch_dead_letters=waiting)
    log = logger.warning if seen.stopped or waiting else logger.info
    log("watched", extra={"stopped": seen.stopped, "dead_letters": seen.dead_letters})


def _count(**counts: int) -> None:
    """A metric that is always 0 would cost as much as any other."""
    for name, count in counts.items():
        if count:
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    if metrics.metric_set:
        metrics.flush_metrics()
