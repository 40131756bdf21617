"""Alarms on messages that are not sent, and on the cost of text messages."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs

from infra.alarms.alarm_set import AlarmSet, path_of
from infra.metrics import MAXIMUM, MINUTE, SUM, metric, namespace
from infra.send import Send
from infra.settings.model import Settings

BEHIND_SECONDS = 24 * 60 * 60
"""Seconds. A channel that is this far behind is too slow for its requests, and messages will expire."""

BEHIND = "messages_behind"


def watch_channels(alarms: AlarmSet, send: Send, settings: Settings) -> None:
    """A channel has a rate, so messages may wait for hours and all be well: what needs somebody is a channel from
    which nothing leaves, and one that is a day behind.

    SQS leaves what was received more than three times out of the age of a queue's oldest message, so that the age would
    see neither a channel whose provider takes nothing nor how long such messages wait.
    """
    for consumer in send.consumers.values():
        queue = consumer.queue
        metrics = {
            "ready": queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic=MAXIMUM),
            "taken": queue.metric_approximate_number_of_messages_not_visible(
                period=MINUTE, statistic=MAXIMUM
            ),
            "done": queue.metric_number_of_messages_deleted(period=MINUTE, statistic=SUM),
        }
        alarms.add(
            f"{path_of(consumer)}Waiting",
            cloudwatch.MathExpression(
                expression="IF(ready + taken > 0 AND FILL(done, 0) == 0, 1, 0)",
                using_metrics=metrics,
                period=MINUTE,
            ),
            "Messages wait, and none has left for 15 minutes.",
            minutes=(15, 15),
        )
    _watch_age(alarms, send, settings)


def _watch_age(alarms: AlarmSet, send: Send, settings: Settings) -> None:
    """One metric of all channels, counted from their logs: `send` says in its line when a message was asked for so long
    ago."""
    for channel, function in send.functions.items():
        logs.MetricFilter(
            alarms,
            f"{channel.capitalize()}Behind",
            log_group=function.log_group,
            filter_pattern=logs.FilterPattern.number_value("$.behind_seconds", ">", BEHIND_SECONDS),
            metric_namespace=namespace(settings),
            metric_name=BEHIND,
            metric_value="1",
        )
    alarms.add(
        "MessagesBehind",
        metric(namespace(settings), BEHIND, SUM),
        "Messages of a channel have waited for a day: it is too slow for what is asked of it.",
        minutes=(3, 15),
    )


def watch_sms_spend(alarms: AlarmSet, settings: Settings) -> None:
    alarms.add(
        "SmsSpend",
        metric("AWS/SNS", "SMSMonthToDateSpentUSD", MAXIMUM),
        "Text messages have cost more this month than the settings expect.",
        over=settings.sms_month_usd,
    )
