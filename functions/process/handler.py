"""Kinesis → profiles → bus. Each person's records are folded in order, saved, then announced."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.process.batch import PeopleNotSaved, Process
from functions.process.bootstrap import process

metrics = Metrics()


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: object) -> None:
    handle(event, process())


def handle(event: dict[str, Any], stage: Process) -> None:
    try:
        counts = stage.batch(event["Records"])
    except PeopleNotSaved as error:
        _count(error.counts)
        raise
    metrics.add_metadata("message", "batch processed")  # in the one line that has the counts
    _count(counts)


def _count(counts: dict[str, int]) -> None:
    """A metric that is never anything but 0 would cost as much as any other."""
    for name, count in counts.items():
        if count:
            metrics.add_metric(name=f"process_{name}", unit=MetricUnit.Count, value=count)
