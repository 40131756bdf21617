"""What Lambda says of the account, and of a function that reads a stream."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing


class Concurrency(NamedTuple):
    """Functions of the account that may run at once, and how many of them no function has reserved."""

    most: int
    unreserved: int


def concurrency() -> Concurrency:
    """Raises Unavailable."""
    with unavailable_when_failing():
        limit = client("lambda").get_account_settings()["AccountLimit"]
    return Concurrency(limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"])


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
