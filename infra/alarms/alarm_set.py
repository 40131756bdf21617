"""The topic that alarms notify, and how an alarm is created."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct, IConstruct

from infra.acknowledged import acknowledge
from infra.settings.model import Settings


class AlarmSet(Construct):
    """`topic` is notified when an alarm of `alarms` starts and when it ends."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        super().__init__(scope, id)
        self.alarms: list[cloudwatch.IAlarm] = []
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
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        if settings.alarm_email:
            self.topic.add_subscription(subscriptions.EmailSubscription(settings.alarm_email))

    def add(
        self,
        id: str,
        metric: cloudwatch.Metric | cloudwatch.MathExpression,
        description: str,
        *,
        over: float = 0,
        minutes: tuple[int, int] = (1, 1),
    ) -> None:
        """Raise an alarm if the metric is over the threshold in m of n `minutes`, or of the metric's own periods."""
        breaching, watched = minutes
        self._tell_of(
            metric.create_alarm(
                self,
                id,
                alarm_name=f"{Stack.of(self).stack_name}-{id}",
                alarm_description=description,
                threshold=over,
                comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                datapoints_to_alarm=breaching,
                evaluation_periods=watched,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
        )

    def add_silence(self, id: str, metric: cloudwatch.Metric, description: str, *, minutes: int) -> None:
        """Raise an alarm if a metric that is always over 0 has no value in any of the last `minutes`."""
        self._tell_of(
            metric.create_alarm(
                self,
                id,
                alarm_name=f"{Stack.of(self).stack_name}-{id}",
                alarm_description=description,
                threshold=1,
                comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                datapoints_to_alarm=minutes,
                evaluation_periods=minutes,
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            )
        )

    def _tell_of(self, alarm: cloudwatch.Alarm) -> None:
        action = actions.SnsAction(self.topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
        self.alarms.append(alarm)


def path_of(construct: IConstruct) -> str:
    """The construct's path in the stack as one word: `SendEmailRequestsDeadLetters`."""
    return "".join(construct.node.path.split("/")[1:])
