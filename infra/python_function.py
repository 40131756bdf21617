"""A Lambda function of the stack: arm64, Python 3.13, and a role with only the permissions that its construct
grants."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from infra.acknowledged import acknowledge, acknowledge_part
from infra.log_retention import RETENTION_DAYS
from infra.metrics import namespace
from infra.packaging import Package
from infra.settings.model import Settings


class PythonFunction(Construct):
    """`function` is the deployed function. `live` is what callers use: an alias of its published version if it has a
    snapshot."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        handler: str,
        package: Package,
        settings: Settings,
        memory_mb: int,
        timeout: Duration,
        environment: Mapping[str, str] | None = None,
        snap_start: bool = False,
    ) -> None:
        super().__init__(scope, id)
        full_name = f"headrace-{settings.stage}-{name}"
        self.name = name
        self.timeout = timeout
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{full_name}",
            retention=RETENTION_DAYS[settings.log_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
        # Not the managed basic execution role: it may write to every log group of the account.
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=full_name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=handler,
            code=lambda_.Code.from_asset(str(package.path), asset_hash=package.digest),
            role=self.role,
            log_group=self.log_group,
            memory_size=memory_mb,
            timeout=timeout,
            environment={
                "STAGE": settings.stage,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": namespace(settings),
                # There are none, and looking for them among the packages costs 2 % of a cold start.
                "PYDANTIC_DISABLE_PLUGINS": "__all__",
                **(environment or {}),
            },
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
            # Lambda's own three lines per invocation would be most of the log: only its warnings are kept.
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
        )
        acknowledge(
            self.function,
            "L1",
            "Python 3.13 is the newest version that all libraries have arm64 wheels for and the tests run on.",
        )
        if snap_start:
            Validations.of(self.function).acknowledge(
                Acknowledgment(
                    id="Annotation::@aws-cdk/aws-lambda:snapStartRequirePublish",
                    reason="`live` is the alias of a published version.",
                )
            )
        self.live: lambda_.IFunction = (
            lambda_.Alias(self, "Live", alias_name="live", version=self.function.current_version)
            if snap_start
            else self.function
        )

    @property
    def permissions(self) -> IConstruct:
        """The construct that must exist before anything uses the function's role."""
        return self.role.node.find_child("DefaultPolicy")

    def set(self, **environment: str) -> None:
        for name, value in environment.items():
            self.function.add_environment(name, value)

    def allow(
        self, *actions: str, on: str, part: str | None = None, when: dict[str, dict[str, str]] | None = None
    ) -> None:
        """Allow the function these actions on an ARN. If the ARN ends in `*`, `part` is the resource that it is a part
        of. `when` has the conditions, as operator → key → value."""
        self.role.add_to_policy(iam.PolicyStatement(actions=[*actions], resources=[on], conditions=when))
        if part:
            acknowledge_part(self.role, on, part)
