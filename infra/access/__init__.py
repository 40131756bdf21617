"""Who may operate the stack without being an administrator: managed policies, for people's roles and for CI's.

`operators` allows what the `headrace` command asks of AWS, except to deploy and to destroy; `on_call`, which they have
beside it because a policy has 6,144 characters, to look where the page about alarms sends them. `route_queues`, beside
them too, allow to look after those queues of routes that have names of their own. `analysts` allows to query the lake.
`ci` allows to apply a workspace, to deploy by way of the CDK's own roles, and to run the doctor. See
docs/operating/access.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from aws_cdk import Stack, Token
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledged import acknowledge, acknowledge_part
from infra.bus import Bus
from infra.lake import RESULTS
from infra.routing import Routes
from infra.settings import Settings
from infra.tables import DIFFERENCES, OF_DAY, OF_PERSON, index_arn
from infra.watched import Watched
from infra.workspace import Workspace
from shared.doctor import PERSON
from shared.identity import key as identity_key
from shared.lake import schema

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

MOST_QUEUES = 40
"""Queues of one policy. An ARN has 130 characters at most, of which 80 are the queue's name, and a policy 6,144:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

LOOKED_AT = (
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
)
"""What is asked of a queue to show what waits in it."""

OF_THE_DOCTOR = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [identity_key("user", PERSON)]}}
"""Of a table of people: the doctor's own."""


class Access(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        of: Watched,
        workspace: Workspace,
        bus: Bus,
        routes: Routes,
        settings: Settings,
    ) -> None:
        super().__init__(scope, id)
        self._of = of
        self._workspace = workspace
        self._settings = settings
        name = Stack.of(self).stack_name
        self.operators = self._policy("Operators", f"What the verbs of the command ask of {name}")
        self._stack_described(self.operators)
        self._workspace_applied(self.operators)
        self._people_read(self.operators)
        self._events_followed(self.operators)
        self._routes_looked_at(self.operators, routes)
        self._dead_letters_redriven(self.operators, bus)
        self._lake_queried(self.operators, "*")
        self._stack_examined(self.operators, bus)
        self.route_queues = self._other_queues_looked_after(routes)
        self.on_call = self._policy("OnCall", f"Follow an alarm of {name} to its cause")
        self._alarms_followed(self.on_call)
        self.analysts = self._policy("Analysts", f"Query the lake of {name}")
        self._stack_described(self.analysts)
        self._lake_queried(self.analysts, "*")
        self.ci = self._policy(
            "Ci",
            f"Applies a workspace to {name}, deploys it by the roles of cdk bootstrap, and runs the doctor",
        )
        self._stack_described(self.ci)
        self._workspace_applied(self.ci)
        self._stack_examined(self.ci, bus)
        self._doctors_events_read(self.ci)
        self._lake_queried(self.ci, f"{schema.EVENTS.prefix}*", f"{RESULTS}*")
        self._deployed_by_the_cdk(self.ci)

    def _policy(self, id: str, description: str) -> iam.ManagedPolicy:
        return iam.ManagedPolicy(self, id, description=description)

    def _stack_described(self, policy: iam.ManagedPolicy) -> None:
        stack = self._arn("cloudformation", "stack", f"{Stack.of(self).stack_name}/*")
        _allow(policy, ["cloudformation:DescribeStacks"], stack)
        acknowledge_part(policy, stack, "A stack's ARN ends in an id that it gets when it is made.")

    def _workspace_applied(self, policy: iam.ManagedPolicy) -> None:
        snapshots = self._workspace.bucket.arn_for_objects("workspaces/*")
        _allow(policy, ["dynamodb:GetItem", "dynamodb:PutItem"], self._workspace.table.table_arn)
        _allow(policy, ["s3:GetObject", "s3:PutObject"], snapshots)
        acknowledge_part(policy, snapshots, "Snapshots are named for the hash of their content.")
        _allow(
            policy,
            [
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            self._workspace.keys.secret_arn,
            self._workspace.outgoing.secret_arn,
        )
        identities = self._arn("ses", "identity", "*")
        _allow(policy, ["ses:GetEmailIdentity"], identities)  # whether its sender may send
        acknowledge_part(policy, identities, "The senders are named in the workspace.")

    def _people_read(self, policy: iam.ManagedPolicy) -> None:
        tables = self._of.tables
        _allow(policy, ["dynamodb:BatchGetItem"], tables.profiles.table_arn, tables.messages.table_arn)
        _allow(
            policy,
            ["dynamodb:Query"],
            tables.timeline.table_arn,
            tables.rejected.table_arn,
            *(index_arn(tables.messages, name) for name in (OF_PERSON, OF_DAY)),
            index_arn(tables.tee, DIFFERENCES),
        )
        _allow(policy, ["dynamodb:GetItem"], tables.rejected.table_arn, tables.messages.table_arn)
        _allow(policy, ["dynamodb:BatchGetItem"], tables.tee.table_arn)
        overflow = self._workspace.bucket.arn_for_objects("rejected/*")
        _allow(policy, ["s3:GetObject"], overflow)
        acknowledge_part(policy, overflow, "Objects are named for their request's id.")
        _allow(policy, ["lambda:InvokeFunction"], self._of.collect.replay.function.function_arn)

    def _events_followed(self, policy: iam.ManagedPolicy) -> None:
        logs = self._arn("logs", "log-group", f"/aws/lambda/headrace-{self._settings.stage}-*", separator=":")
        _allow(
            policy,
            ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
            self._of.stream.stream.stream_arn,
        )
        _allow(policy, ["logs:FilterLogEvents"], logs)
        acknowledge_part(policy, logs, "The log groups of this stage's functions.")

    def _routes_looked_at(self, policy: iam.ManagedPolicy, routes: Routes) -> None:
        """What waits in the queues that the routes made and CloudFormation named."""
        if _route_queues(routes).are_unnamed:
            # One pattern for them all: a managed policy has 6,144 characters, and an ARN for each route fills it.
            unnamed_arn = self._arn("sqs", f"{Stack.of(self).stack_name}-{routes.node.id}", "*", separator="")
            acknowledge_part(policy, unnamed_arn, "The queues of the stack's own routes, however many.")
            _allow(policy, LOOKED_AT, unnamed_arn)

    def _other_queues_looked_after(self, routes: Routes) -> list[iam.ManagedPolicy]:
        """Policies for the queues of routes that no pattern has, as many as it takes; none where there are none."""
        found = _route_queues(routes)
        work, dead_letters = dict.fromkeys(found.work), dict.fromkeys(found.dead_letters)
        arns = _each_once(*work, *dead_letters)
        name = Stack.of(self).stack_name
        policies: list[iam.ManagedPolicy] = []
        for start in range(0, len(arns), MOST_QUEUES):
            number = len(policies) + 1
            policy = self._policy(
                f"RouteQueues{number if number > 1 else ''}",
                f"Look after queues that routes of {name} lead to, and that have names of their own",
            )
            of_policy = arns[start : start + MOST_QUEUES]
            for arns_, action in (
                ([arn for arn in of_policy if arn in work], "sqs:SendMessage"),
                ([arn for arn in of_policy if arn in dead_letters], "sqs:DeleteMessage"),
            ):
                if arns_:
                    _allow(policy, [*LOOKED_AT, action], *arns_)
            policies.append(policy)
        return policies

    def _dead_letters_redriven(self, policy: iam.ManagedPolicy, bus: Bus) -> None:
        """Taken out of any queue of dead letters, once they are in their own queue, on the stream or on the bus again.

        One pattern for the queues of the stack: a managed policy has 6,144 characters, and an ARN for each fills it.
        """
        stack = Stack.of(self).stack_name
        dead_letters = self._arn("sqs", f"{stack}-*DeadLetters", "*", separator="")
        acknowledge_part(policy, dead_letters, "The dead letters of this stage's queues and rules.")
        queues = self._arn("sqs", f"{stack}-", "*", separator="")
        acknowledge_part(
            policy, queues, "What could not be done goes back to whichever of its queues it was in."
        )
        given_up = self._of.process.given_up
        batches = given_up.arn_for_objects("*")
        acknowledge_part(policy, batches, "Lambda names the objects of batches it gave up.")
        _allow(
            policy,
            ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
            dead_letters,
        )
        _allow(policy, ["sqs:GetQueueUrl", "sqs:SendMessage"], queues)
        _allow(policy, ["kinesis:PutRecords"], self._of.stream.stream.stream_arn)
        _allow(policy, ["events:PutEvents"], bus.bus.event_bus_arn)
        _allow(policy, ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], batches)
        _allow(policy, ["lambda:InvokeFunction"], self._of.archive.function.function.function_arn)

    def _lake_queried(self, policy: iam.ManagedPolicy, *keys: str) -> None:
        """Athena reads the catalogue and the bucket, of it objects with these keys, in the name of who asks.

        https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html
        """
        lake = self._of.lake
        _allow(
            policy,
            [
                "athena:GetQueryExecution",
                "athena:GetQueryResults",
                "athena:StartQueryExecution",
                "athena:StopQueryExecution",
            ],
            self._arn("athena", "workgroup", lake.workgroup.name),
        )
        tables = self._arn("glue", "table", f"{lake.database}/*")
        _allow(
            policy,
            ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"],
            Stack.of(self).format_arn(service="glue", resource="catalog"),
            self._arn("glue", "database", lake.database),
            tables,
        )
        acknowledge_part(policy, tables, "The tables and views of the lake's own database.")
        objects = [lake.bucket.arn_for_objects(key) for key in keys]
        results = lake.bucket.arn_for_objects(f"{RESULTS}*")
        _allow(policy, ["s3:GetBucketLocation", "s3:ListBucket"], lake.bucket.bucket_arn)
        _allow(policy, ["s3:GetObject"], *objects)
        for arn in objects:
            acknowledge_part(policy, arn, "Whoever queries the lake reads its objects.")
        _allow(policy, ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"], results)
        acknowledge_part(policy, results, "Results are named for their query.")

    def _stack_examined(self, policy: iam.ManagedPolicy, bus: Bus) -> None:
        """What AWS says of the stack's services, and what waits in its queues: counted, not read."""
        _allow(policy, ACCOUNT_WIDE, "*")
        acknowledge(
            policy, "IAM5[Resource::*]", "Quotas and settings of the account have no ARN; it only reads."
        )
        stack = Stack.of(self).stack_name
        rules = [
            self._arn("events", "rule", f"{bus.bus.event_bus_name}/*"),
            self._arn("events", "rule", f"{stack}-*"),
        ]
        _allow(policy, ["events:ListTargetsByRule"], *rules)
        for arn in rules:
            acknowledge_part(policy, arn, "The rules of the stack: of its own bus, and its schedules.")
        queues = self._arn("sqs", f"{stack}-*", "", separator="")
        _allow(policy, ["sqs:GetQueueAttributes"], queues)
        acknowledge_part(policy, queues, "The stack's own queues, however many routes there are.")
        _allow(policy, ["kinesis:DescribeStreamSummary"], self._of.stream.stream.stream_arn)
        _allow(
            policy,
            ["firehose:DescribeDeliveryStream"],
            self._arn("firehose", "deliverystream", self._of.lake.delivery_name),
        )
        # Of the workspace's, for else S3 calls what is gone denied.
        _allow(
            policy,
            ["s3:ListBucket"],
            self._workspace.bucket.bucket_arn,
            self._of.process.given_up.bucket_arn,
        )

    def _doctors_events_read(self, policy: iam.ManagedPolicy) -> None:
        """Of people, the doctor's own; of messages, whichever is asked for by its id, a hash that its event is in."""
        tables = self._of.tables
        for action, table in (("BatchGetItem", tables.profiles), ("Query", tables.timeline)):
            policy.add_statements(
                iam.PolicyStatement(
                    actions=[f"dynamodb:{action}"], resources=[table.table_arn], conditions=OF_THE_DOCTOR
                )
            )
        _allow(policy, ["dynamodb:GetItem"], tables.messages.table_arn)

    def _alarms_followed(self, policy: iam.ManagedPolicy) -> None:
        """Where docs/operating/alarms.md sends people: alarms, dashboard, Firehose's log, and what drifted."""
        _allow(policy, ABOUT_ALARMS, "*")
        acknowledge(policy, "IAM5[Resource::*]", "The console asks for all alarms there are; it only reads.")
        stack = Stack.of(self).stack_name
        described = self._arn("cloudformation", "stack", f"{stack}/*")
        _allow(
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
        roles = Stack.of(self).format_arn(
            service="iam", region="", resource="role", resource_name=f"{stack}-*"
        )
        _allow(policy, ["iam:GetRolePolicy", "iam:ListRolePolicies"], roles)
        acknowledge_part(policy, roles, "The roles of the stack's functions; it only reads.")
        logs = self._arn("logs", "log-group", f"{stack}-*", separator=":")
        _allow(policy, ["logs:FilterLogEvents"], logs)
        acknowledge_part(policy, logs, "The stack's log groups that are no function's: Firehose's.")

    def _deployed_by_the_cdk(self, policy: iam.ManagedPolicy) -> None:
        """https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"""
        stack = Stack.of(self)
        for kind in BOOTSTRAP_ROLES:
            role = stack.format_arn(
                service="iam",
                region="",
                resource="role",
                resource_name=f"cdk-*-{kind}-role-{stack.account}-{stack.region}",
            )
            _allow(policy, ["sts:AssumeRole"], role)
            acknowledge_part(policy, role, "The role of this region, whatever the bootstrap's qualifier.")

    def _arn(self, service: str, resource: str, name: str, *, separator: str = "/") -> str:
        arn = Stack.of(self).format_arn(service=service, resource=resource)
        return f"{arn}{separator}{name}"


class _RouteQueues(NamedTuple):
    """`are_unnamed`: CloudFormation names some of them, for stack and construct. The others, a route names, or they
    were there: these are their ARNs. A queue of dead letters may be another route's target."""

    are_unnamed: bool
    work: list[str]
    dead_letters: list[str]


def _route_queues(routes: Routes) -> _RouteQueues:
    queues = [queue for queue in routes.node.find_all() if isinstance(queue, sqs.Queue)]
    named = [queue for queue in queues if _has_name(queue)]
    dead_letters = [queue for queue in named if queue.node.id.endswith("DeadLetters")]
    rules = [rule for rule in routes.node.find_all() if isinstance(rule, events.CfnRule)]
    targets = [target for rule in rules for target in Stack.of(rule).resolve(rule.targets) or ()]
    return _RouteQueues(
        len(named) < len(queues),
        _each_once(
            *(queue.queue_arn for queue in named if queue not in dead_letters),
            *_of_others(target.get("arn") for target in targets),
        ),
        _each_once(
            *(queue.queue_arn for queue in dead_letters),
            *_of_others(target.get("deadLetterConfig", {}).get("arn") for target in targets),
        ),
    )


def _of_others(arns: Iterable[object]) -> Iterator[str]:
    """Of queues that the stack does not make: the ARN of one that it makes is a reference, without a service in it."""
    return (Token.as_string(arn) for arn in arns if ":sqs:" in json.dumps(arn))


def _each_once(*arns: str) -> list[str]:
    return list(dict.fromkeys(arns))


def _has_name(queue: sqs.Queue) -> bool:
    made = queue.node.default_child
    if not isinstance(made, sqs.CfnQueue):
        raise TypeError("the queue is not what it was")
    return Stack.of(queue).resolve(made.queue_name) is not None  # a token, even where it has none


def _allow(policy: iam.ManagedPolicy, actions: Sequence[str], *resources: str) -> None:
    policy.add_statements(iam.PolicyStatement(actions=[*actions], resources=[*resources]))
