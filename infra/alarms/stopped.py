"""Work that nobody takes up: a consumer of a stream that is not called, a rule that is switched off.

What does not run counts nothing and fails nowhere: Lambda says how old events are only when it calls the function, and
EventBridge nothing of a rule that is disabled. So what went in is held against what came out.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_set import AlarmSet, path_of
from infra.archive import Archive
from infra.bus import BusConsumer
from infra.metrics import SAMPLES, SUM, metric, namespace
from infra.process import Process
from infra.settings import MOST_WINDOW_SECONDS, Settings
from infra.stream import Stream
from infra.tables import Tables
from shared.messaging.messages import Channel

PERIOD = Duration.seconds(MOST_WINDOW_SECONDS)
"""What comes into a stream is taken in the same period or in the next one, however long a batch is gathered."""
SELDOM = Duration.minutes(15)
"""For what comes now and then: most hours have a few rejected requests."""

IN_A_ROW = (2, 2)
NOW_AND_THEN = (3, 12)
"""Of the periods of an hour. What a rule passes on takes less than a second, which may fall into the next period: not
three times."""

UNTAKEN = "IF(work > SUM([0 * work, taken]) * 1000000000, 1, 0)"
"""1 where there is work and nothing was taken; no period has so much work that one taken piece is less.

Who is not called for weeks has a metric without a single value, which is when this must be right. AWS says of
comparisons of two series that a value which one of them lacks counts as 0, and the same of arithmetic; of FILL it says
only that it fills what is missing within a series. What it says nothing of is SUM over series of which one is empty. If
SUM leaves that one out, or counts it as 0, then `0 * work` is the 0; if it gives nothing, the comparison takes that for
0. Assumed, and not tried on AWS: that a metric without values is a series without values, and not an expression without
an answer. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""


def watch_streams(
    alarms: AlarmSet, *, stream: Stream, process: Process, tables: Tables, archive: Archive
) -> None:
    """Their consumers may be disabled, or lack the permission to read."""
    _watch(
        alarms,
        "EventsNotTaken",
        stream.stream.metric("IncomingRecords", statistic=SUM),
        process.function.function.metric_invocations(),
        "Events come in, and `process` is not called: they wait on the stream.",
        period=PERIOD,
        periods=IN_A_ROW,
    )
    _watch(
        alarms,
        "RejectedNotTaken",
        # Nothing else is written by this operation there, and it makes a new item each time.
        metric(
            "AWS/DynamoDB",
            "SuccessfulRequestLatency",
            SAMPLES,
            TableName=tables.rejected.table_name,
            Operation="PutItem",
        ),
        # `archive` reads one stream, and only what reads a stream has an age.
        archive.function.function.metric("IteratorAge", statistic=SAMPLES),
        "Events are rejected, and `archive` is not called with them: the lake lacks their rows.",
        period=SELDOM,
        periods=IN_A_ROW,
    )


def watch_deliveries(
    alarms: AlarmSet,
    *,
    process: Process,
    archive: BusConsumer,
    channels: Mapping[Channel, BusConsumer],
    settings: Settings,
) -> None:
    """What `process` puts on the bus for its own consumers. What routes match is theirs to know."""
    counted = {
        "process_archived": archive,
        **{f"process_messages_requested_{channel}": consumer for channel, consumer in channels.items()},
    }
    for name, consumer in counted.items():
        _watch(
            alarms,
            f"{path_of(consumer)}Missing",
            metric(namespace(settings), name, SUM, service=process.function.name),
            consumer.queue.metric_number_of_messages_sent(statistic=SUM),
            "`process` puts something on the bus for this queue, and nothing gets there.",
            period=PERIOD,
            periods=NOW_AND_THEN,
        )


def _watch(
    alarms: AlarmSet,
    id: str,
    work: cloudwatch.Metric,
    taken: cloudwatch.Metric,
    description: str,
    *,
    period: Duration,
    periods: tuple[int, int],
) -> None:
    alarms.add(
        id,
        cloudwatch.MathExpression(
            expression=UNTAKEN,
            using_metrics={"work": work, "taken": taken},
            label="Work, and nobody takes it up",
            period=period,
        ),
        description,
        minutes=periods,
    )
