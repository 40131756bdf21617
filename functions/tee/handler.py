"""Queue → vendor: forwards each request of a source to its vendor, and records the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.tee import batch
from functions.tee.backoff import LONGEST_SECONDS, pauses
from functions.tee.bootstrap import environment, forwarding, queue
from functions.tee.forwarding import Forwarding
from shared.aws.queues.request_queue import SqsRequestQueue

metrics = Metrics()


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(event, context, forwarding(), queue(), environment().attempts)


def handle(
    event: dict[str, Any],
    context: LambdaContext,
    stage: Forwarding,
    requests: SqsRequestQueue,
    attempts: int,
) -> dict[str, Any]:
    """`attempts` as in `batch.handle`."""
    handled = batch.handle(
        event["Records"],
        stage,
        attempts,
        lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()),
    )
    unset = requests.postpone(_pauses(event["Records"], handled.again)) if handled.again else 0
    for ended, count in handled.counts.items():
        metrics.add_metric(name=f"tee_{ended}", unit=MetricUnit.Count, value=count)
    # In the one line that has the counts.
    metrics.add_metadata("message", "requests handled")
    metrics.add_metadata("pauses_not_set", unset)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in handled.again]}


def _pauses(sqs_messages: Sequence[dict[str, Any]], again: Mapping[str, int | None]) -> dict[str, int]:
    """Headrace's pauses, or the vendor's `Retry-After` if that is longer, up to Headrace's longest."""
    asked = {message["receiptHandle"]: again.get(message["messageId"]) or 0 for message in sqs_messages}
    ours = pauses(sqs_messages, again)
    return {handle: min(LONGEST_SECONDS, max(pause, asked[handle])) for handle, pause in ours.items()}
