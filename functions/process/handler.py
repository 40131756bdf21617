"""Kinesis → profiles → bus. Each person's records are folded in order, saved, then announced."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.process.batch import PeopleNotSaved, Process
from functions.process.environment import Environment
from shared.aws.queues.dead_letters import SqsDeadLetters
from shared.aws.streams.bus import EventBridgeBus
from shared.aws.tables.failed_tries import DynamoFailedTries
from shared.aws.tables.profiles import DynamoProfiles
from shared.aws.tables.rejected import DynamoRejected
from shared.aws.tables.timeline import DynamoTimeline
from shared.aws.tables.workspaces import DynamoWorkspaces
from shared.workspace.current import CurrentWorkspace

logger = Logger()
metrics = Metrics()


@cache
def process() -> Process:
    """The stage on its AWS adapters, made at the first invocation: a SnapStart snapshot holds no socket."""
    names = Environment.read()
    return Process(
        profiles=DynamoProfiles(names.profiles_table),
        timeline=DynamoTimeline(names.timeline_table),
        rejected=DynamoRejected(names.rejected_table, names.workspace_bucket),
        bus=EventBridgeBus(names.bus_name),
        dead_letters=SqsDeadLetters(names.dead_letter_queue_url, names.workspace_bucket),
        tries=DynamoFailedTries(names.rejected_table),
        workspace=CurrentWorkspace(
            DynamoWorkspaces(table=names.workspace_table, bucket=names.workspace_bucket), None, time.monotonic
        ),
        clock=lambda: datetime.now(UTC),
    )


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: object) -> None:
    try:
        counts = process().batch(event["Records"])
    except PeopleNotSaved as error:
        _count(error.counts)
        raise
    _count(counts)
    logger.info("batch processed", extra=counts)


def _count(counts: dict[str, int]) -> None:
    """A metric that is never anything but 0 would cost as much as any other."""
    for name, count in counts.items():
        if count:
            metrics.add_metric(name=f"process_{name}", unit=MetricUnit.Count, value=count)
