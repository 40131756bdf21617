"""The dashboard: incoming requests, verdicts, lag, messages, failures and costs.

CloudWatch gives an account three dashboards of up to 50 metrics each; beyond that one is $3 a month. So this one stays
below 50.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.alarms import Alarms
from infra.alarms.alarm_set import path_of
from infra.alarms.queues import dead_letter_queues
from infra.metrics import MAXIMUM, MINUTE, SUM, metric, namespace
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.watched import Watched
from shared.messaging.messages import Status

WIDE, NARROW, HIGH = 12, 8, 6
"""Units of CloudWatch's grid, 24 to a row."""

Graphed = cloudwatch.Metric | cloudwatch.MathExpression


class Dashboard(Construct):
    def __init__(self, scope: Construct, id: str, *, of: Watched, alarms: Alarms, settings: Settings) -> None:
        super().__init__(scope, id)
        self._of = of
        self._alarms = alarms
        self._settings = settings
        self._stack = Stack.of(self)
        self.name = self._stack.stack_name
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=self.name,
            default_interval=Duration.hours(3),
            widgets=[
                [cloudwatch.AlarmStatusWidget(title="Alarms", width=24, height=4, alarms=alarms.alarms)],
                [
                    _graph("Requests", self._requests(), width=NARROW),
                    _graph("Time to answer, ms", self._answer_times(), width=NARROW),
                    _graph("Verdicts on events", self._verdicts(), width=NARROW),
                ],
                [
                    _graph("Lag, seconds", self._lag()),
                    _graph("Concurrent functions of the account", self._concurrency()),
                ],
                [_graph("Messages", self._messages()), _graph("Dead letters", self._dead_letters())],
                [
                    _graph("Cost: time of functions, ms", self._function_time(), width=NARROW),
                    _graph("Cost: write units of tables", self._writes(), width=NARROW),
                    _graph("Cost: bytes", self._bytes(), width=NARROW),
                ],
                [_graph("Cost: text messages this month, USD", self._sms_spend(), width=NARROW)],
            ],
        )

    def _counted(
        self, function: PythonFunction, name: str, label: str, statistic: str = SUM
    ) -> cloudwatch.Metric:
        """A metric that the function publishes itself."""
        return metric(namespace(self._settings), name, statistic, label=label, service=function.name)

    def _requests(self) -> list[Graphed]:
        api = self._of.collect.gateway
        return [
            metric("AWS/ApiGateway", "Count", SUM, label="all", **api.dimensions),
            metric("AWS/ApiGateway", api.client_errors, SUM, label="4xx", **api.dimensions),
            self._alarms.throttling.metric.with_(label="429 of the gateway"),
            metric("AWS/ApiGateway", api.server_errors, SUM, label="5xx", **api.dimensions),
        ]

    def _answer_times(self) -> list[Graphed]:
        api = self._of.collect.gateway.dimensions
        return [
            metric("AWS/ApiGateway", "Latency", quantile, label=quantile, **api)
            for quantile in ("p50", "p99")
        ]

    def _verdicts(self) -> list[Graphed]:
        collect, process = self._of.collect.function, self._of.process.function
        return [
            *(
                self._counted(collect, f"collect_{verdict}", verdict)
                for verdict in ("received", "accepted", "rejected", "observed")
            ),
            self._counted(process, "process_duplicates", "duplicates"),
            self._counted(process, "process_refused", "refused by process"),
        ]

    def _lag(self) -> list[Graphed]:
        iterator_age = self._of.process.function.function.metric(
            "IteratorAge", statistic=MAXIMUM, period=MINUTE
        )
        return [
            cloudwatch.MathExpression(
                expression="age / 1000", using_metrics={"age": iterator_age}, label="stream", period=MINUTE
            ),
            self._counted(self._of.sweep.function, "sweep_behind", "timers", MAXIMUM),
            *(
                queue.metric_approximate_age_of_oldest_message(period=MINUTE, statistic=MAXIMUM, label=label)
                for label, queue in (
                    ("archive", self._of.archive.consumer.queue),
                    ("tee", self._of.tee.queue),
                )
            ),
            metric(
                "AWS/Firehose",
                "DeliveryToS3.DataFreshness",
                MAXIMUM,
                label="lake",
                DeliveryStreamName=self._of.lake.delivery_name,
            ),
        ]

    def _concurrency(self) -> list[Graphed]:
        throttles = self._of.collect.function.function.metric_throttles(
            period=MINUTE, label="collect throttled"
        )
        return [metric("AWS/Lambda", "ClaimedAccountConcurrency", MAXIMUM, label="claimed"), throttles]

    def _messages(self) -> list[Graphed]:
        return [
            self._counted(self._of.process.function, "process_messages_requested", "requested"),
            *(
                self._counted(function, f"messages_{status}", f"{channel} {status}")
                for channel, function in self._of.send.functions.items()
                for status in (Status.SENT, Status.FAILED)
            ),
        ]

    def _dead_letters(self) -> list[Graphed]:
        return [
            queue.metric_approximate_number_of_messages_visible(
                period=MINUTE, statistic=MAXIMUM, label=path_of(queue).removesuffix("DeadLetters")
            )
            for queue in dead_letter_queues(self._stack)
        ]

    def _function_time(self) -> list[Graphed]:
        return [
            made.function.metric_duration(period=MINUTE, statistic=SUM, label=made.name)
            for made in (self._of.collect.function, self._of.process.function)
        ]

    def _writes(self) -> list[Graphed]:
        tables: Mapping[str, dynamodb.Table] = {
            "profiles": self._of.tables.profiles,
            "timeline": self._of.tables.timeline,
            "rejected": self._of.tables.rejected,
            "messages": self._of.tables.messages,
        }
        return [
            table.metric_consumed_write_capacity_units(period=MINUTE, statistic=SUM, label=label)
            for label, table in tables.items()
        ]

    def _bytes(self) -> list[Graphed]:
        logged = {
            made.name: made.log_group for made in (self._of.collect.function, self._of.process.function)
        }
        return [
            self._of.stream.stream.metric("IncomingBytes", statistic=SUM, period=MINUTE, label="stream"),
            metric(
                "AWS/Firehose",
                "IncomingBytes",
                SUM,
                label="lake",
                DeliveryStreamName=self._of.lake.delivery_name,
            ),
            *(
                metric(
                    "AWS/Logs",
                    "IncomingBytes",
                    SUM,
                    label=f"log of {name}",
                    LogGroupName=group.log_group_name,
                )
                for name, group in logged.items()
            ),
            metric(
                "AWS/Athena", "ProcessedBytes", SUM, label="queries", WorkGroup=self._of.lake.workgroup.name
            ),
        ]

    def _sms_spend(self) -> list[Graphed]:
        return [metric("AWS/SNS", "SMSMonthToDateSpentUSD", MAXIMUM, label="text messages")]


def _graph(title: str, metrics: Sequence[Graphed], *, width: int = WIDE) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        width=width,
        height=HIGH,
        left=[*metrics],
        left_y_axis=cloudwatch.YAxisProps(min=0, show_units=False),
    )
