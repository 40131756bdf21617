"""Messages that do not leave, and what text messages cost."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_set import AlarmSet, path_of
from infra.bus import BusConsumer
from infra.metrics import MAXIMUM, MINUTE, SUM, metric
from infra.settings import Settings

BEHIND_SECONDS = 24 * 60 * 60
"""A channel that is so far behind is too slow for what is asked of it: messages expire."""


def watch_channels(alarms: AlarmSet, consumers: Sequence[BusConsumer]) -> None:
    """A channel has a rate, so messages may wait for hours and all be well: what needs somebody is a channel from
    which nothing leaves, and one that is a day behind.

    SQS leaves what was received more than three times out of the age, so that the age alone would not see a
    channel whose provider takes nothing.
    """
    for consumer in consumers:
        queue = consumer.queue
        metrics = {
            "age": queue.metric_approximate_age_of_oldest_message(period=MINUTE, statistic=MAXIMUM),
            "ready": queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic=MAXIMUM),
            "taken": queue.metric_approximate_number_of_messages_not_visible(
                period=MINUTE, statistic=MAXIMUM
            ),
            "done": queue.metric_number_of_messages_deleted(period=MINUTE, statistic=SUM),
        }
        alarms.add(
            f"{path_of(consumer)}Waiting",
            cloudwatch.MathExpression(
                expression=f"IF((ready + taken > 0 AND FILL(done, 0) == 0) OR FILL(age, 0) > {BEHIND_SECONDS}, "
                "1, 0)",
                using_metrics=metrics,
                period=MINUTE,
            ),
            "Messages wait, and none has left for 15 minutes; or they have waited for a day.",
            minutes=(15, 15),
        )


def watch_sms_spend(alarms: AlarmSet, settings: Settings) -> None:
    alarms.add(
        "SmsSpend",
        metric("AWS/SNS", "SMSMonthToDateSpentUSD", MAXIMUM),
        "Text messages have cost more this month than the settings expect.",
        over=settings.sms_month_usd,
    )
