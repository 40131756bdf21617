"""Queue → person: each requested message is claimed, sent by its channel's provider, logged, and said on the stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.send import batch
from functions.send.bootstrap import dead_letters, queue, sending
from functions.send.sending import Sending
from shared.aws.queues.request_queue import SqsRequestQueue
from shared.ledger import places
from shared.ports.streams import DeadLetters

metrics = Metrics()


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(event, context, sending(), queue(), dead_letters())


def handle(
    event: dict[str, Any],
    context: LambdaContext,
    stage: Sending,
    requests: SqsRequestQueue,
    letters: DeadLetters,
) -> dict[str, Any]:
    handled = batch.handle(
        event["Records"],
        stage,
        lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()),
        letters,
    )
    unset = requests.postpone(_by_receipt(event["Records"], handled.again)) if handled.again else 0
    for ended, count in handled.counts.items():
        metrics.add_metric(name=f"messages_{ended}", unit=MetricUnit.Count, value=count)
    # In the one line that has the counts. An alarm reads `behind_seconds` there (infra/alarms/send.py).
    metrics.add_metadata("message", "messages handled")
    metrics.add_metadata("pauses_not_set", unset)
    metrics.add_metadata("behind_seconds", _behind_seconds(event["Records"], stage.clock()))
    for put in places.in_lines(stage.stream.written()):  # one: a batch has a few messages
        metrics.add_metadata("put", put)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in handled.again]}


def _behind_seconds(sqs_messages: Sequence[dict[str, Any]], now: datetime) -> int:
    """How long the oldest of them has been in the queue."""
    oldest = min(int(message["attributes"]["SentTimestamp"]) for message in sqs_messages)
    return max(0, int(now.timestamp() - oldest / 1000))


def _by_receipt(sqs_messages: Sequence[dict[str, Any]], seconds: Mapping[str, int]) -> dict[str, int]:
    return {
        message["receiptHandle"]: seconds[message["messageId"]]
        for message in sqs_messages
        if message["messageId"] in seconds
    }
