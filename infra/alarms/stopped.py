"""Events that nobody takes up: the consumer of the stream is not called.

A function that does not run counts nothing and does not fail. Lambda reports the age of events only when it calls the
function. So the alarm compares what went in with what came out, whatever the reason. Rules, queues and what is seldom,
like rejected events, are looked at by `watch` (`infra/watch.py`).
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_set import AlarmSet
from infra.metrics import SUM
from infra.process import Process
from infra.settings.bounds import MOST_WINDOW_SECONDS
from infra.stream import Stream

PERIOD = Duration.seconds(MOST_WINDOW_SECONDS)
"""What comes into a stream is taken in the same period or in the next one, however long a batch is gathered."""
IN_A_ROW = (2, 2)
UNTAKEN = "IF(work > SUM([0 * work, taken]) * 1000000000, 1, 0)"
"""1 where there is work and nothing was taken; no period has so much work that one taken piece is less.

Who is not called for weeks has a metric without a single value, which is when this must be right. AWS says of
comparisons of two series that a value which one of them lacks counts as 0, and the same of arithmetic; of FILL it says
only that it fills what is missing within a series. What it says nothing of is SUM over series of which one is empty. If
SUM leaves that one out, or counts it as 0, then `0 * work` is the 0; if it gives nothing, the comparison takes that for
0. Assumed, and not tried on AWS: that a metric without values is a series without values, and not an expression without
an answer. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""


def watch_stream(alarms: AlarmSet, *, stream: Stream, process: Process) -> None:
    """`process` may be disabled, or lack the permission to read."""
    alarms.add(
        "EventsNotTaken",
        cloudwatch.MathExpression(
            expression=UNTAKEN,
            using_metrics={
                "work": stream.stream.metric("IncomingRecords", statistic=SUM),
                "taken": process.function.function.metric_invocations(),
            },
            label="Work, and nobody takes it up",
            period=PERIOD,
        ),
        "Events come in, and `process` is not called: they wait on the stream.",
        minutes=IN_A_ROW,
    )
