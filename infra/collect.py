"""collect: HTTPS in, records on the stream out; what the plan refused goes to the rejected table.

Beside it: the replay of what was refused, and the one function that writes the workspace for clients that may define.
"""

from __future__ import annotations

import json

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings import Settings
from infra.stream import Stream
from infra.workspace import Workspace

ACCESS = {
    "time": "$context.requestTimeEpoch",
    "request": "$context.requestId",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "error": "$context.error.message",
    "integration": "$context.integrationErrorMessage",
}
"""The access log's fields. Paths are not: some formats have a key in them, others a person's id or address."""


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
            handler="functions.collect.replay.lambda_handler",
            package=package,
            settings=settings,
            memory_mb=settings.collect_memory_mb,
            timeout=Duration.minutes(5),
        )
        self.define = PythonFunction(
            self,
            "Define",
            name="define",
            handler="functions.collect.define.lambda_handler",
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
        self.api = self._api(settings)

    def _api(self, settings: Settings) -> apigateway.HttpApi:
        """Every path and method, CORS preflights too, goes to the function: clients lie about what they send."""
        api = apigateway.HttpApi(
            self, "Api", api_name=f"headrace-{settings.stage}-collect", create_default_stage=False
        )
        integration = integrations.HttpLambdaIntegration("Collect", self.function.live)
        for path in ("/", "/{proxy+}"):
            api.add_routes(path=path, methods=[apigateway.HttpMethod.ANY], integration=integration)
        self.access_log = logs.LogGroup(
            self,
            "AccessLog",
            # The prefix spares the account's policy for log delivery, which has room for few groups.
            log_group_name=f"/aws/vendedlogs/headrace-{settings.stage}-collect",
            retention=settings.log_retention,
            removal_policy=RemovalPolicy.DESTROY,
        )
        apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=settings.requests_per_second,
                throttling_burst_limit=settings.request_burst,
            ),
            # The function logs each request it gets; this log has those that never reached it.
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=self.access_log.log_group_arn, format=json.dumps(ACCESS)
            ),
        )
        acknowledge(
            api, "APIG4", "Senders authorise with their source's write key, which the function checks."
        )
        return api
