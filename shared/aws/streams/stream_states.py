"""The state of a Kinesis stream and of a Firehose delivery stream."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from shared.aws.clients import client, unavailable_when_failing


class StreamState(NamedTuple):
    """`status` is `ACTIVE`, `UPDATING`, `CREATING` or `DELETING`."""

    arn: str
    status: str
    retention: timedelta
    shards: int


class DeliveryState(NamedTuple):
    """`status` is `ACTIVE`, `CREATING`, …; `gathers` is how long it collects rows for one object."""

    status: str
    gathers: timedelta


def stream_state(name: str) -> StreamState:
    """Raises Unavailable."""
    with unavailable_when_failing():
        found = client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    return StreamState(
        found["StreamARN"],
        found["StreamStatus"],
        timedelta(hours=found["RetentionPeriodHours"]),
        found["OpenShardCount"],
    )


def delivery_state(name: str) -> DeliveryState:
    """Raises Unavailable."""
    with unavailable_when_failing():
        found = client("firehose").describe_delivery_stream(DeliveryStreamName=name)
    description = found["DeliveryStreamDescription"]
    seconds = [
        place.get("ExtendedS3DestinationDescription", {})
        .get("BufferingHints", {})
        .get("IntervalInSeconds", 0)
        for place in description.get("Destinations", [])
    ]
    return DeliveryState(description["DeliveryStreamStatus"], timedelta(seconds=max(seconds, default=0)))
