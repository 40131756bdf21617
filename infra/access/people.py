"""To read people, what became of their events and messages, and events as they come."""

from __future__ import annotations

from aws_cdk import aws_iam as iam

from infra.access.granting import allow, arn_of
from infra.acknowledged import acknowledge_part
from infra.settings.model import Settings
from infra.tables import DIFFERENCES, OF_DAY, OF_PERSON, Tables, index_arn
from infra.watched import Watched
from infra.workspace import Workspace
from shared.doctor import PERSON
from shared.identity import key as identity_key

OF_THE_DOCTOR = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [identity_key("user", PERSON)]}}
"""Of a table of people: the doctor's own."""


def read_people(policy: iam.ManagedPolicy, *, of: Watched, workspace: Workspace) -> None:
    """Profiles, timelines, messages, rejected events and the tee's log; and bring in rejected events again."""
    tables = of.tables
    allow(policy, ["dynamodb:BatchGetItem"], tables.profiles.table_arn, tables.messages.table_arn)
    allow(
        policy,
        ["dynamodb:Query"],
        tables.timeline.table_arn,
        tables.rejected.table_arn,
        *(index_arn(tables.messages, name) for name in (OF_PERSON, OF_DAY)),
        index_arn(tables.tee, DIFFERENCES),
    )
    allow(policy, ["dynamodb:GetItem"], tables.rejected.table_arn, tables.messages.table_arn)
    allow(policy, ["dynamodb:BatchGetItem"], tables.tee.table_arn)
    overflow = workspace.bucket.arn_for_objects("rejected/*")
    allow(policy, ["s3:GetObject"], overflow)
    acknowledge_part(policy, overflow, "Objects are named for their request's id.")
    allow(policy, ["lambda:InvokeFunction"], of.collect.replay.function.function_arn)


def follow_events(policy: iam.ManagedPolicy, *, of: Watched, settings: Settings) -> None:
    """The stream's records as they come, and the functions' logs."""
    logs = arn_of(policy, "logs", "log-group", f"/aws/lambda/headrace-{settings.stage}-*", separator=":")
    allow(
        policy,
        ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
        of.stream.stream.stream_arn,
    )
    allow(policy, ["logs:FilterLogEvents"], logs)
    acknowledge_part(policy, logs, "The log groups of this stage's functions.")


def read_the_doctors_events(policy: iam.ManagedPolicy, tables: Tables) -> None:
    """Of people, the doctor's own; of messages, whichever is asked for by its id, a hash that its event is in."""
    for action, table in (("BatchGetItem", tables.profiles), ("Query", tables.timeline)):
        policy.add_statements(
            iam.PolicyStatement(
                actions=[f"dynamodb:{action}"], resources=[table.table_arn], conditions=OF_THE_DOCTOR
            )
        )
    allow(policy, ["dynamodb:GetItem"], tables.messages.table_arn)
