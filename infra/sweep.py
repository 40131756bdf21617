"""sweep: every minute, profiles whose time has come get an event of their own on the stream."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.stream import Stream
from infra.tables import DUE, index_arn

EVERY = Duration.minutes(1)
"""As often as EventBridge can. On the laptop a minute of a schedule passes in a few seconds (`cli/laptop`)."""

TIMERS_PER_SHARD = 700
"""Timers a second that a round sends for each shard of the stream, which takes 1,000 records: the rest is room for what
clients send meanwhile."""

CURSOR = "#sweep"


class Sweep(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        profiles: dynamodb.Table,
        stream: Stream,
        packages: Packages,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        self.function = PythonFunction(
            self,
            "Function",
            name="sweep",
            handler="functions.sweep.handler.lambda_handler",
            package=packages.stage("sweep"),
            settings=settings,
            memory_mb=settings.consumer_memory_mb,
            timeout=Duration.seconds(
                50
            ),  # done before the next one starts; `functions/sweep` sends for 40 of them
        )
        stream.fed_by(self.function)
        self.function.set(
            PROFILES_TABLE=profiles.table_name, TIMERS_PER_SECOND=str(TIMERS_PER_SHARD * stream.shards)
        )
        self.function.allow("dynamodb:Query", "dynamodb:Scan", on=index_arn(profiles, DUE))
        self.function.role.add_to_policy(
            iam.PolicyStatement(
                actions=["dynamodb:GetItem", "dynamodb:PutItem"],
                resources=[profiles.table_arn],
                conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [CURSOR]}},
            )
        )
        events.Rule(
            self,
            "EveryMinute",
            schedule=events.Schedule.rate(EVERY),
            # A tick that fails needs no retry: the cursor stays, the next tick catches up.
            targets=[targets.LambdaFunction(self.function.live, retry_attempts=0, max_event_age=EVERY)],
        )
