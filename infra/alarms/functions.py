"""Functions that fail minute after minute: one alarm for all of them.

Lambda's own metric of errors is one for each function, and each would cost $0.10 a month. So they are counted from the
logs, into one metric, which costs nothing while it has no value.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs

from infra.alarms.alarm_set import AlarmSet
from infra.metrics import SUM, metric, namespace
from infra.python_function import PythonFunction
from infra.settings.model import Settings

NAME = "function_errors"


def watch_errors(alarms: AlarmSet, functions: Sequence[PythonFunction], settings: Settings) -> None:
    """Lambda writes this line after each invocation, at the level WARN unless it succeeded: the function raised, ran
    out of time or memory, or did not start. Of those that succeed the line is not kept (`PythonFunction`).

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html, "System log level event
    mapping"; https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
    """
    for made in functions:
        logs.MetricFilter(
            alarms,
            f"{made.name.title().replace('-', '')}Errors",
            log_group=made.log_group,
            filter_pattern=logs.FilterPattern.all(
                logs.FilterPattern.string_value("$.type", "=", "platform.report"),
                logs.FilterPattern.string_value("$.record.status", "!=", "success"),
            ),
            metric_namespace=namespace(settings),
            metric_name=NAME,
            metric_value="1",
        )
    errors: cloudwatch.Metric = metric(namespace(settings), NAME, SUM)
    alarms.add(
        "FunctionErrors",
        errors,
        "A function fails again and again; `headrace logs` says which and why.",
        minutes=(3, 5),
    )
