"""Count the requests that the gateway itself answers with 429, from its access log.

The gateway's metrics count them together with every other 4xx. `collect` also answers 429, to a source over its quota;
for those the access log has no gateway error (`error` is "-").
"""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.metrics import SUM, metric, namespace
from infra.settings.model import Settings

NAME = "gateway_throttled"


class GatewayThrottling(Construct):
    """`metric` has no value, and costs nothing, in minutes without such a request."""

    def __init__(self, scope: Construct, id: str, *, access_log: logs.ILogGroup, settings: Settings) -> None:
        super().__init__(scope, id)
        logs.MetricFilter(
            self,
            "Filter",
            log_group=access_log,
            filter_pattern=logs.FilterPattern.all(
                logs.FilterPattern.string_value("$.status", "=", "429"),
                logs.FilterPattern.string_value("$.error", "!=", "-"),
            ),
            metric_namespace=namespace(settings),
            metric_name=NAME,
            metric_value="1",
        )
        self.metric: cloudwatch.Metric = metric(namespace(settings), NAME, SUM)
