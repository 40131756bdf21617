"""Rows on their way to the lake: events, and events that were rejected, each by a delivery stream of its own."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_set import AlarmSet
from infra.alarms.queues import QUEUED_SECONDS
from infra.lake import Lake
from infra.metrics import MAXIMUM, MINUTE, SUM, metric
from infra.settings.model import Settings


def watch_refused_rows(alarms: AlarmSet, lake: Lake) -> None:
    alarms.add(
        "LakeRefusesRows",
        _worst(lake, "FailedConversion.Records", SUM),
        "Rows did not fit the table and lie under errors/ in the lake.",
    )


def watch_lateness(alarms: AlarmSet, lake: Lake, settings: Settings) -> None:
    alarms.add(
        "LakeLate",
        _worst(lake, "DeliveryToS3.DataFreshness", MAXIMUM),
        "Firehose is not delivering: queries lack the latest events.",
        over=settings.lake_buffer_seconds + QUEUED_SECONDS,
        minutes=(5, 5),
    )
    alarms.add(
        "LakeThrottled",
        _worst(lake, "ThrottledRecords", SUM),
        "Firehose takes no more rows a second: they wait before `archive`.",
        minutes=(3, 5),
    )


def _worst(lake: Lake, name: str, statistic: str) -> cloudwatch.MathExpression:
    """The worse value of the two delivery streams. One without a value has nothing to do."""
    streams = {"events": lake.delivery_name, "rejected": lake.rejected_delivery_name}
    return cloudwatch.MathExpression(
        expression="MAX([FILL(events, 0), FILL(rejected, 0)])",
        using_metrics={
            of: metric("AWS/Firehose", name, statistic, DeliveryStreamName=stream)
            for of, stream in streams.items()
        },
        label=name,
        period=MINUTE,
    )
