"""Alarms: events at risk, events late, senders turned away, money. What to do about each is in docs/operating.md."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from infra.acknowledged import acknowledge
from infra.archive import Archive
from infra.bus import BusConsumer
from infra.collect import Collect
from infra.lake import Lake
from infra.process import Process
from infra.python_function import PythonFunction
from infra.send import Send
from infra.settings import Settings
from infra.sweep import Sweep
from infra.tee import Tee

MINUTE = Duration.minutes(1)
SUM, MAXIMUM = "Sum", "Maximum"

LATE_SECONDS = 60
"""An event that waits longer than this for `process` is no longer answered at the right moment."""

TIMERS_LATE_SECONDS = 5 * 60
"""Who is due for longer than this, and was sent no timer, is woken too late for what waits for the time."""

QUEUED_SECONDS = 15 * 60
"""The same for rows that wait for the archive, or requests for their vendor."""

BEHIND_SECONDS = 24 * 60 * 60
"""A channel that is so far behind is too slow for what is asked of it: messages expire."""


class Alarms(Construct):
    """`topic` is told of each alarm, and when it is over."""

    def __init__(
        self,
        stack: Stack,
        id: str,
        *,
        collect: Collect,
        process: Process,
        sweep: Sweep,
        send: Send,
        archive: Archive,
        tee: Tee,
        lake: Lake,
        settings: Settings,
    ) -> None:
        super().__init__(stack, id)
        self.topic = sns.Topic(self, "Topic", enforce_ssl=True)
        acknowledge(
            self.topic,
            "SNS2",
            "CloudWatch cannot publish with the AWS-managed key, and an alarm names resources, never people.",
        )
        # A topic with a policy of its own (here: encrypted connections only) lacks SNS's default one.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
        if settings.alarm_email:
            self.topic.add_subscription(subscriptions.EmailSubscription(settings.alarm_email))

        self._collect(collect)
        self._process(process)
        self._sweep(sweep, settings)
        self._functions(
            [
                collect.function,
                collect.replay,
                collect.define,
                process.function,
                sweep.function,
                archive.function,
                tee.function,
            ]
        )
        self._functions([*send.functions.values()])
        self._consumers([archive.consumer, tee])
        self._channels([*send.consumers.values()])
        self._lake(lake, settings)
        for queue in stack.node.find_all():
            if isinstance(queue, sqs.Queue) and queue.node.id.endswith("DeadLetters"):
                self._alarm(
                    _path(queue),
                    queue.metric_approximate_number_of_messages_visible(period=MINUTE, statistic=MAXIMUM),
                    "Something could not be done after several attempts and waits to be looked at.",
                )
        self._alarm(
            "SmsSpend",
            _metric("AWS/SNS", "SMSMonthToDateSpentUSD", MAXIMUM),
            "Text messages have cost more this month than settings.py expects.",
            over=settings.sms_month_usd,
        )

    def _collect(self, collect: Collect) -> None:
        self._alarm(
            "CollectAnswers5xx",
            _metric("AWS/ApiGateway", "5xx", SUM, ApiId=collect.api.api_id),
            "Senders are told to come back later: events wait on their side.",
            minutes=(3, 5),
        )
        self._alarm(
            "CollectThrottled",
            collect.function.function.metric_throttles(period=MINUTE),
            "The account's concurrent functions are used up.",
            minutes=(3, 5),
        )

    def _process(self, process: Process) -> None:
        function = process.function.function
        self._alarm(
            "EventsLate",
            function.metric("IteratorAge", statistic=MAXIMUM, period=MINUTE),
            "Events wait too long on the stream: profiles and messages are behind.",
            over=LATE_SECONDS * 1000,
            minutes=(5, 5),
        )
        self._alarm(
            "EventsGivenUp",
            _metric(
                "AWS/Lambda",
                "OnFailureDestinationDeliveredEventCount",
                SUM,
                EventSourceMappingUUID=process.source.event_source_mapping_id,
            ),
            "Records failed for hours and were set aside in the bucket of given-up records.",
        )

    def _sweep(self, sweep: Sweep, settings: Settings) -> None:
        own = {"service": sweep.function.name, "stage": settings.stage}
        self._alarm(
            "TimersLate",
            _metric("Headrace", "sweep_behind", MAXIMUM, **own),
            "People whose time has come are not woken: sessions, delays and whatever waits is late.",
            over=TIMERS_LATE_SECONDS,
            minutes=(3, 5),
            silence_is_fine=False,  # it speaks every minute: a function that is not started fails nowhere else
        )

    def _functions(self, functions: Sequence[PythonFunction]) -> None:
        for made in functions:
            self._alarm(
                f"{made.name.title().replace('-', '')}Errors",
                made.function.metric_errors(period=MINUTE),
                "The function fails again and again; its log says why.",
                minutes=(3, 5),
            )

    def _consumers(self, consumers: Sequence[BusConsumer | Tee]) -> None:
        for consumer in consumers:
            self._alarm(
                f"{_path(consumer)}Waiting",
                consumer.queue.metric_approximate_age_of_oldest_message(period=MINUTE, statistic=MAXIMUM),
                "Work waits too long in its queue.",
                over=QUEUED_SECONDS,
                minutes=(5, 5),
            )

    def _channels(self, consumers: Sequence[BusConsumer]) -> None:
        """A channel has a rate, so messages may wait for hours and all be well: what needs somebody is a channel from
        which nothing leaves, and one that is a day behind.

        SQS leaves what was received more than three times out of the age, so that the age alone would not see a
        channel whose provider takes nothing.
        """
        for consumer in consumers:
            queue = consumer.queue
            metrics = {
                "age": queue.metric_approximate_age_of_oldest_message(period=MINUTE, statistic=MAXIMUM),
                "ready": queue.metric_approximate_number_of_messages_visible(
                    period=MINUTE, statistic=MAXIMUM
                ),
                "taken": queue.metric_approximate_number_of_messages_not_visible(
                    period=MINUTE, statistic=MAXIMUM
                ),
                "done": queue.metric_number_of_messages_deleted(period=MINUTE, statistic=SUM),
            }
            self._alarm(
                f"{_path(consumer)}Waiting",
                cloudwatch.MathExpression(
                    expression=f"IF((ready + taken > 0 AND FILL(done, 0) == 0) OR FILL(age, 0) > {BEHIND_SECONDS}, "
                    "1, 0)",
                    using_metrics=metrics,
                    period=MINUTE,
                ),
                "Messages wait, and none has left for 15 minutes; or they have waited for a day.",
                minutes=(15, 15),
            )

    def _lake(self, lake: Lake, settings: Settings) -> None:
        stream = {"DeliveryStreamName": lake.delivery_name}
        self._alarm(
            "LakeLate",
            _metric("AWS/Firehose", "DeliveryToS3.DataFreshness", MAXIMUM, **stream),
            "Firehose is not delivering: queries lack the latest events.",
            over=settings.lake_buffer_seconds + QUEUED_SECONDS,
            minutes=(5, 5),
        )
        self._alarm(
            "LakeRefusesRows",
            _metric("AWS/Firehose", "FailedConversion.Records", SUM, **stream),
            "Rows did not fit the table and lie under errors/ in the lake.",
        )

    def _alarm(
        self,
        id: str,
        metric: cloudwatch.Metric | cloudwatch.MathExpression,
        description: str,
        *,
        over: float = 0,
        minutes: tuple[int, int] = (1, 1),
        silence_is_fine: bool = True,
    ) -> None:
        """Raise when the metric is over the threshold in so many of so many minutes."""
        breaching, watched = minutes
        alarm = metric.create_alarm(
            self,
            id,
            alarm_name=f"{Stack.of(self).stack_name}-{id}",
            alarm_description=description,
            threshold=over,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            datapoints_to_alarm=breaching,
            evaluation_periods=watched,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING
            if silence_is_fine
            else cloudwatch.TreatMissingData.BREACHING,
        )
        action = actions.SnsAction(self.topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)


def _path(construct: IConstruct) -> str:
    """Where it is in the stack, as one word: `SendEmailRequestsDeadLetters`."""
    return "".join(construct.node.path.split("/")[1:])


def _metric(namespace: str, name: str, statistic: str, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace, metric_name=name, statistic=statistic, period=MINUTE, dimensions_map=dimensions
    )
