"""send: a rule, a queue and a function for each channel that has its own; each may call its provider and no other.

What calls the internet itself gets the outgoing secret, because its declaration says `calls_out`. A channel whose
provider is a service of AWS has its permissions here.
"""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from constructs import Construct

from infra.acknowledged import acknowledge
from infra.bus import Bus, BusConsumer
from infra.packaging import Packages
from infra.push import PushApplications
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from infra.stream import Stream
from infra.tables import Tables
from infra.workspace import Workspace
from shared.bus_entries import MessageRequested
from shared.messaging.channels import CHANNELS, QUEUES, Queue
from shared.messaging.sending_limits import FUNCTION_TAKES, MOST_RECEIVES


class Send(Construct):
    """`functions` and `consumers` by queue."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bus: Bus,
        tables: Tables,
        stream: Stream,
        workspace: Workspace,
        push: PushApplications,
        packages: Packages,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        self.functions: dict[Queue, PythonFunction] = {}
        self.consumers: dict[Queue, BusConsumer] = {}
        package = packages.stage("send")
        for queue, channels in QUEUES.items():
            declared = CHANNELS[queue]
            function = PythonFunction(
                self,
                queue.capitalize(),
                name=f"send-{queue}",
                handler="functions.send.handler.lambda_handler",
                package=package,
                settings=settings,
                memory_mb=settings.consumer_memory_mb,
                timeout=Duration.seconds(FUNCTION_TAKES.total_seconds()),
                environment={"QUEUE": queue, "CONCURRENCY": str(settings.concurrency(queue))},
            )
            stream.fed_by(function)
            workspace.read_by(function)
            workspace.outgoing_named_to(function)
            function.set(PROFILES_TABLE=tables.profiles.table_name, MESSAGES_TABLE=tables.messages.table_name)
            function.allow("dynamodb:GetItem", "dynamodb:BatchGetItem", on=tables.profiles.table_arn)
            function.allow("dynamodb:GetItem", "dynamodb:UpdateItem", on=tables.messages.table_arn)
            self.functions[queue] = function
            consumer = BusConsumer(
                self,
                f"{queue.capitalize()}Requests",
                bus=bus,
                detail_type=MessageRequested.detail_type,
                detail={"channel": [*channels]},
                function=function,
                batch_size=declared.batch_size,
                concurrency=settings.concurrency(queue),
                attempts=MOST_RECEIVES,
            )
            self.consumers[queue] = consumer
            # The rights of the event source let the function say when a message that goes back comes again.
            function.set(QUEUE_URL=consumer.queue.queue_url, DEAD_LETTERS_URL=consumer.dead_letters.queue_url)
            function.allow("sqs:SendMessage", on=consumer.dead_letters.queue_arn)
            if settings.message_log_days is not None:
                function.set(MESSAGE_LOG_DAYS=str(settings.message_log_days))
            if queue in settings.messages_per_second:
                function.set(MESSAGES_PER_SECOND=str(settings.messages_per_second[queue]))
            if declared.calls_out:
                workspace.outgoing_read_by(function)
                if settings.private_webhooks:
                    function.set(ALLOW_PRIVATE_WEBHOOKS="true")
        self._email(settings)
        self._sms()
        push.sent_to_by(self.functions["push"])

    def _email(self, settings: Settings) -> None:
        """From the identity of the settings; without one, from any that is verified in this account and region: which
        one is then the workspace's to say."""
        if settings.email_identity:
            ses.EmailIdentity(self, "Identity", identity=_identity(settings.email_identity))
            self._may_send_as("identity", settings.email_identity)
            if "@" not in settings.email_identity:
                # Of an address that is verified beside its domain, SES asks for the address's own identity.
                self._may_send_as(
                    "identity", f"*@{settings.email_identity}", part="Addresses of the settings' own domain."
                )
        else:
            for resource in ("identity", "configuration-set"):
                self._may_send_as(
                    resource,
                    "*",
                    part="The sender is named in the workspace; SES lets only verified identities send.",
                )
        role = self.functions["email"].role
        role.add_to_policy(iam.PolicyStatement(actions=["ses:GetAccount"], resources=["*"]))
        acknowledge(
            role, "IAM5[Resource::*]", "What the account may send has no ARN; the action only reads it."
        )

    def _may_send_as(self, resource: str, name: str, part: str | None = None) -> None:
        arn = Stack.of(self).format_arn(service="ses", resource=resource, resource_name=name)
        self.functions["email"].allow("ses:SendEmail", on=arn, part=part)

    def _sms(self) -> None:
        """A text message has no ARN, so publishing must be allowed on `*`; denying every topic leaves only numbers."""
        role = self.functions["sms"].role
        role.add_to_policy(iam.PolicyStatement(actions=["sns:Publish"], resources=["*"]))
        role.add_to_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY, actions=["sns:Publish"], resources=["arn:*:sns:*:*:*"]
            )
        )
        acknowledge(
            role,
            "IAM5[Resource::*]",
            "A telephone number has no ARN; every topic and endpoint is denied beside it.",
        )
        acknowledge(role, "IAM5[Resource::arn:*:sns:*:*:*]", "It denies.")


def _identity(name: str) -> ses.Identity:
    return ses.Identity.email(name) if "@" in name else ses.Identity.domain(name)
