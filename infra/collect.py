"""collect: HTTPS in, records on the stream out. Rejected events go to the rejected table.

Also: the replay of rejected events, and the function that writes the workspace for clients that may define events.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.domain import OwnDomain
from infra.http_api import http_api
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.rest_api import rest_api
from infra.settings.model import Settings
from infra.stream import Stream
from infra.workspace import Workspace


class Collect(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stream: Stream,
        rejected: dynamodb.Table,
        profiles: dynamodb.Table,
        workspace: Workspace,
        packages: Packages,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        package = packages.stage("collect")
        self.function = PythonFunction(
            self,
            "Function",
            name="collect",
            handler="functions.collect.handler.lambda_handler",
            package=package,
            settings=settings,
            memory_mb=settings.collect_memory_mb,
            timeout=Duration.seconds(25),  # the gateway gives up after 29
            snap_start=settings.snap_start,
        )
        self.replay = PythonFunction(
            self,
            "Replay",
            name="replay",
            handler="functions.collect.replay.handler.lambda_handler",
            package=package,
            settings=settings,
            memory_mb=settings.collect_memory_mb,
            timeout=Duration.minutes(5),
        )
        self.define = PythonFunction(
            self,
            "Define",
            name="define",
            handler="functions.collect.definitions.handler.lambda_handler",
            package=package,
            settings=settings,
            memory_mb=settings.collect_memory_mb,
            timeout=Duration.seconds(15),  # collect waits for it
        )
        workspace.read_by(self.define)
        workspace.written_by(self.define)
        for function in (self.function, self.replay):
            stream.fed_by(function)
            workspace.read_by(function)
            workspace.keys_read_by(function)
            function.set(
                REJECTED_TABLE=rejected.table_name,
                PROFILES_TABLE=profiles.table_name,
                DEFINE_FUNCTION=self.define.function.function_name,
            )
        self.function.allow("dynamodb:PutItem", on=rejected.table_arn)
        workspace.overflow_written_by(self.function)
        # Servers may ask for a person: Pinpoint's GetEndpoint, User.com's search. Nothing here writes one.
        self.function.allow("dynamodb:BatchGetItem", on=profiles.table_arn)
        self.function.allow("lambda:InvokeFunction", on=self.define.function.function_arn)
        workspace.overflow_read_by(self.replay)
        self.replay.allow("dynamodb:GetItem", "dynamodb:UpdateItem", on=rejected.table_arn)
        if settings.snap_start:
            self._kept_active()
        front = rest_api if settings.api == "rest" else http_api
        self.gateway = front(self, self.function.live, settings)
        self.domain = (
            OwnDomain(self, "Domain", gateway=self.gateway, domain=settings.domain)
            if settings.domain
            else None
        )

    def _kept_active(self) -> None:
        """One call a day, which does nothing. A version with a snapshot is put away after 14 days without a call, and
        then the first sender's request fails: a shop that is quiet over the holidays would lose it. EventBridge tries
        again, so that a version that was put away all the same is taken out."""
        events.Rule(
            self,
            "KeptActive",
            schedule=events.Schedule.rate(Duration.days(1)),
            targets=[
                targets.LambdaFunction(
                    self.function.live, event=events.RuleTargetInput.from_object({"keep_active": True})
                )
            ],
        )
