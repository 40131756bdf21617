"""What Lambda says of the account, and of what reads a stream."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing


class Concurrency(NamedTuple):
    """Functions of the account that may run at once, and how many of them no function has reserved."""

    most: int
    unreserved: int


class Consumer(NamedTuple):
    """A function that reads a stream. `state` is `Enabled`, `Disabled`, …; `result` what the last batch came to, in
    Lambda's words: `OK`, `No records processed`, `PROBLEM: …`."""

    state: str
    result: str


def concurrency() -> Concurrency:
    """Raises Unavailable."""
    with unavailable_when_failing():
        limit = client("lambda").get_account_settings()["AccountLimit"]
    return Concurrency(limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"])


def consumers(stream_arn: str) -> list[Consumer]:
    """Raises Unavailable."""
    with unavailable_when_failing():
        pages = (
            client("lambda").get_paginator("list_event_source_mappings").paginate(EventSourceArn=stream_arn)
        )
        found = [one for page in pages for one in page["EventSourceMappings"]]
    return [Consumer(one.get("State", ""), one.get("LastProcessingResult", "")) for one in found]


def oldest_record(function: str, now: datetime) -> timedelta | None:
    """How long the last record that the function got had waited on its stream, at most in the last ten minutes; None
    when it got none. Raises Unavailable."""
    with unavailable_when_failing():
        answer = client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="IteratorAge",
            Dimensions=[{"Name": "FunctionName", "Value": function}],
            StartTime=now - timedelta(minutes=10),
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )
    points = answer["Datapoints"]
    if not points:
        return None
    latest = max(points, key=lambda point: point["Timestamp"])
    return timedelta(milliseconds=float(latest["Maximum"]))
