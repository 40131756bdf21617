"""Alarms on work that waits too long in its queue, and on dead letters."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from infra.alarms.alarm_set import AlarmSet, path_of
from infra.bus import BusConsumer
from infra.metrics import MAXIMUM, MINUTE
from infra.routing import Routes
from infra.tee import Tee

QUEUED_SECONDS = 15 * 60
"""Seconds after which rows for the archive, or requests for a vendor, are late."""


def watch_queues(alarms: AlarmSet, consumers: Sequence[BusConsumer | Tee]) -> None:
    for consumer in consumers:
        alarms.add(
            f"{path_of(consumer)}Waiting",
            consumer.queue.metric_approximate_age_of_oldest_message(period=MINUTE, statistic=MAXIMUM),
            "Work waits too long in its queue.",
            over=QUEUED_SECONDS,
            minutes=(5, 5),
        )


def dead_letter_queues(within: IConstruct) -> list[sqs.Queue]:
    """Every dead-letter queue below a construct. For the stack, that includes those of the operator's routes."""
    return [
        queue
        for queue in within.node.find_all()
        if isinstance(queue, sqs.Queue) and queue.node.id.endswith("DeadLetters")
    ]


def watch_dead_letters(alarms: AlarmSet, routes: Routes) -> None:
    """Of your own routes, one alarm for each queue. Headrace's own are looked at by `watch`."""
    for queue in dead_letter_queues(routes):
        alarms.add(
            path_of(queue),
            queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic=MAXIMUM),
            "Something could not be done after several attempts; `headrace deadletters list` says what, and why.",
        )
