"""Rows on their way to the lake."""

from __future__ import annotations

from infra.alarms.alarm_set import AlarmSet
from infra.alarms.queues import QUEUED_SECONDS
from infra.lake import Lake
from infra.metrics import MAXIMUM, SUM, metric
from infra.settings import Settings


def watch_lake(alarms: AlarmSet, lake: Lake, settings: Settings) -> None:
    stream = {"DeliveryStreamName": lake.delivery_name}
    alarms.add(
        "LakeLate",
        metric("AWS/Firehose", "DeliveryToS3.DataFreshness", MAXIMUM, **stream),
        "Firehose is not delivering: queries lack the latest events.",
        over=settings.lake_buffer_seconds + QUEUED_SECONDS,
        minutes=(5, 5),
    )
    alarms.add(
        "LakeThrottled",
        metric("AWS/Firehose", "ThrottledRecords", SUM, **stream),
        "Firehose takes no more rows a second: they wait in the queue of `archive`.",
        minutes=(3, 5),
    )
    alarms.add(
        "LakeRefusesRows",
        metric("AWS/Firehose", "FailedConversion.Records", SUM, **stream),
        "Rows did not fit the table and lie under errors/ in the lake.",
    )
