"""SNS's push applications for Google and Apple. Without credentials there are none."""

from __future__ import annotations

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.packaging import Packages
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.settings.push import PushCredentials


class PushApplications(Construct):
    def __init__(self, scope: Construct, id: str, *, packages: Packages, settings: Settings) -> None:
        super().__init__(scope, id)
        self._arns: dict[str, str] = {}
        self._endpoints: list[str] = []
        if not settings.push:
            return
        self._maker = PythonFunction(
            self,
            "Maker",
            name="push-applications",
            handler="infra.custom_resources.push_application.lambda_handler",
            package=packages.custom_resources(),
            settings=settings,
            memory_mb=256,
            timeout=Duration.minutes(1),
        )
        self._may_create()
        for credentials in settings.push:
            self._application(credentials, f"headrace-{settings.stage}-{credentials.device}")

    def _may_create(self) -> None:
        role = self._maker.role
        role.add_to_policy(iam.PolicyStatement(actions=["sns:CreatePlatformApplication"], resources=["*"]))
        acknowledge(
            role,
            "IAM5[Resource::*]",
            "An application that is still to be made has no ARN: SNS knows no resource for this action.",
        )

    def _application(self, credentials: PushCredentials, name: str) -> None:
        application = Stack.of(self).format_arn(
            service="sns", resource="app", resource_name=f"{credentials.platform}/{name}"
        )
        self._maker.allow(
            "sns:SetPlatformApplicationAttributes", "sns:DeletePlatformApplication", on=application
        )
        properties = {
            "Name": name,
            "Platform": credentials.platform,
            "Revision": str(credentials.revision),
        }
        if credentials.secret:
            secret = secretsmanager.Secret.from_secret_name_v2(self, f"{name}-secret", credentials.secret)
            secret.grant_read(self._maker.role)
            properties["SecretArn"] = secret.secret_name
        made = CustomResource(
            self,
            credentials.device.capitalize(),
            service_token=self._maker.function.function_arn,
            resource_type="Custom::PushApplication",
            properties=properties,
        )
        made.node.add_dependency(self._maker.permissions)
        self._arns[credentials.device] = made.get_att_string("Arn")
        self._endpoints.append(
            Stack.of(self).format_arn(
                service="sns", resource="endpoint", resource_name=f"{credentials.platform}/{name}/*"
            )
        )

    def sent_to_by(self, function: PythonFunction) -> None:
        function.set(PUSH_APPLICATIONS=Stack.of(self).to_json_string(self._arns))
        for arn in self._arns.values():
            function.allow("sns:CreatePlatformEndpoint", on=arn)
        for endpoints in self._endpoints:
            function.allow(
                "sns:Publish",
                "sns:SetEndpointAttributes",
                on=endpoints,
                part="SNS names a device's endpoint itself, below its application.",
            )
