"""To ask AWS how the stack is: what the doctor and the console ask, and what deploying takes."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from infra.access.granting import allow, arn_of
from infra.acknowledged import acknowledge, acknowledge_part
from infra.bus import Bus
from infra.watched import Watched
from infra.workspace import Workspace

BOOTSTRAP_ROLES = ("deploy", "file-publishing", "lookup")
"""What the CDK's command assumes, of the roles that `cdk bootstrap` made. It has one more, for container images."""

ACCOUNT_WIDE = (
    "cloudwatch:GetMetricStatistics",
    "events:ListRules",
    "lambda:GetAccountSettings",
    "lambda:ListEventSourceMappings",
    "ses:GetAccount",
    "sns:GetSMSAttributes",
    "sns:GetSMSSandboxAccountStatus",
    "sqs:ListQueues",
)
"""What `headrace doctor` and `routes` read, and IAM knows no resource for."""

ABOUT_ALARMS = (
    "cloudformation:DescribeStackDriftDetectionStatus",
    "cloudwatch:DescribeAlarmHistory",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetDashboard",
    "cloudwatch:GetMetricData",
)
"""What the console asks to show alarms and a dashboard, and whoever looks for drift. Where there is a resource, the
console asks for all there are."""


def describe_stack(policy: iam.ManagedPolicy) -> None:
    """The stack's outputs, which every verb looks up first."""
    stack = arn_of(policy, "cloudformation", "stack", f"{Stack.of(policy).stack_name}/*")
    allow(policy, ["cloudformation:DescribeStacks"], stack)
    acknowledge_part(policy, stack, "A stack's ARN ends in an id that it gets when it is made.")


def examine_stack(policy: iam.ManagedPolicy, *, of: Watched, workspace: Workspace, bus: Bus) -> None:
    """What AWS says of the stack's services, and what waits in its queues: counted, not read."""
    allow(policy, ACCOUNT_WIDE, "*")
    acknowledge(policy, "IAM5[Resource::*]", "Quotas and settings of the account have no ARN; it only reads.")
    stack = Stack.of(policy).stack_name
    rules = [
        arn_of(policy, "events", "rule", f"{bus.bus.event_bus_name}/*"),
        arn_of(policy, "events", "rule", f"{stack}-*"),
    ]
    allow(policy, ["events:ListTargetsByRule"], *rules)
    for arn in rules:
        acknowledge_part(policy, arn, "The rules of the stack: of its own bus, and its schedules.")
    queues = arn_of(policy, "sqs", f"{stack}-*", "", separator="")
    allow(policy, ["sqs:GetQueueAttributes"], queues)
    acknowledge_part(policy, queues, "The stack's own queues, however many routes there are.")
    allow(policy, ["kinesis:DescribeStreamSummary"], of.stream.stream.stream_arn)
    allow(
        policy,
        ["firehose:DescribeDeliveryStream"],
        arn_of(policy, "firehose", "deliverystream", of.lake.delivery_name),
    )
    # Of the workspace's, for else S3 calls what is gone denied.
    allow(
        policy,
        ["s3:ListBucket"],
        workspace.bucket.bucket_arn,
        of.process.given_up.bucket_arn,
    )


def follow_alarms(policy: iam.ManagedPolicy) -> None:
    """Where docs/operating/alarms.md sends people: alarms, dashboard, Firehose's log, and what drifted."""
    allow(policy, ABOUT_ALARMS, "*")
    acknowledge(policy, "IAM5[Resource::*]", "The console asks for all alarms there are; it only reads.")
    stack = Stack.of(policy).stack_name
    described = arn_of(policy, "cloudformation", "stack", f"{stack}/*")
    allow(
        policy,
        [
            "cloudformation:DescribeStackResourceDrifts",
            "cloudformation:DetectStackDrift",
            "cloudformation:GetTemplate",
            "cloudformation:ListStackResources",
        ],
        described,
    )
    acknowledge_part(policy, described, "A stack's ARN ends in an id that it gets when it is made.")
    roles = Stack.of(policy).format_arn(service="iam", region="", resource="role", resource_name=f"{stack}-*")
    allow(policy, ["iam:GetRolePolicy", "iam:ListRolePolicies"], roles)
    acknowledge_part(policy, roles, "The roles of the stack's functions; it only reads.")
    logs = arn_of(policy, "logs", "log-group", f"{stack}-*", separator=":")
    allow(policy, ["logs:FilterLogEvents"], logs)
    acknowledge_part(policy, logs, "The stack's log groups that are no function's: Firehose's.")


def deploy_by_the_cdk(policy: iam.ManagedPolicy) -> None:
    """Assume the roles of `cdk bootstrap`: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"""
    stack = Stack.of(policy)
    for kind in BOOTSTRAP_ROLES:
        role = stack.format_arn(
            service="iam",
            region="",
            resource="role",
            resource_name=f"cdk-*-{kind}-role-{stack.account}-{stack.region}",
        )
        allow(policy, ["sts:AssumeRole"], role)
        acknowledge_part(policy, role, "The role of this region, whatever the bootstrap's qualifier.")
