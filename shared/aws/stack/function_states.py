"""The concurrency of the account, and how far a function lags behind its stream."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing


class Concurrency(NamedTuple):
    """How many functions of the account may run at once, and how many of those are not reserved."""

    most: int
    unreserved: int


def concurrency() -> Concurrency:
    """Raises Unavailable."""
    with unavailable_when_failing():
        limit = client("lambda").get_account_settings()["AccountLimit"]
    return Concurrency(limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"])


def oldest_record(function: str, now: datetime) -> timedelta | None:
    """How long the last record had waited on the stream before the function got it, within the last ten minutes. None
    if it got no record. Raises Unavailable."""
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
