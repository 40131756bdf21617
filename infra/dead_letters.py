"""Dead-letter queues: one for each queue, and one for records."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledged import acknowledge
from shared.messaging.sending_limits import QUEUE_KEEPS

KEPT = Duration.days(QUEUE_KEEPS.days)

ATTEMPTS = 5
"""Deliveries of a message before it moves to the dead letters."""


def dead_letter_queue(scope: Construct, id: str) -> sqs.Queue:
    queue = sqs.Queue(
        scope, id, retention_period=KEPT, encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True
    )
    acknowledge(queue, "SQS3", "It is a dead-letter queue itself.")
    return queue


def work_queue(
    scope: Construct,
    id: str,
    *,
    dead_letters: sqs.Queue,
    function_timeout: Duration,
    window: Duration | None = None,
    attempts: int = ATTEMPTS,
) -> sqs.Queue:
    """Create a queue. It keeps its work as long as SQS does: that its function is not called may be noticed late.
    `window` is how long Lambda collects a batch, during which its messages are already hidden.
    `attempts` is the number of deliveries, which may be high if the function counts its own attempts."""
    gathering = int(window.to_seconds()) if window else 0
    return sqs.Queue(
        scope,
        id,
        # Six times the function's time-out and the window, as Lambda asks: throttled retries must not use up the
        # attempts.
        visibility_timeout=Duration.seconds(6 * int(function_timeout.to_seconds()) + gathering),
        retention_period=KEPT,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=attempts),
    )
