"""Least privilege: no wildcard without its reason, nothing granted that the code does not ask for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.settings.stages import TARGETS
from shared.messaging.channels import CHANNELS, QUEUES
from tests.infra.calls import actions_of
from tests.infra.template import Statement, Template, listed

HANDLERS = {
    "collect": "functions.collect.handler",
    "replay": "functions.collect.replay.handler",
    "define": "functions.collect.definitions.handler",
    "process": "functions.process.handler",
    "sweep": "functions.sweep.handler",
    "archive": "functions.archive.handler",
    "tee": "functions.tee.handler",
    **{f"send-{queue}": "functions.send.handler" for queue in QUEUES},
    "watch": "functions.watch.handler",
}

BY_NAME = {
    f"send-{queue}": tuple(f"functions.send.channels.{channel}" for channel in channels)
    for queue, channels in QUEUES.items()
}
"""What a function imports by a name that its environment says."""


def loaded_by(name: str) -> tuple[str, ...]:
    return (HANDLERS[name], *BY_NAME.get(name, ()))


def loaded_by_any(handler: str) -> tuple[str, ...]:
    """By any of the functions with this handler."""
    return tuple(
        dict.fromkeys(root for name, one in HANDLERS.items() if one == handler for root in loaded_by(name))
    )


ON_AWS = {"watch"}
"""Functions that a laptop has not."""


def deployed(stage: str) -> list[str]:
    """The functions of a target, of those that have code of ours."""
    return [name for name in HANDLERS if TARGETS[stage].alarms or name not in ON_AWS]


EACH = pytest.mark.parametrize(
    ("template", "name"),
    [(stage, name) for stage in TARGETS for name in deployed(stage)],
    indirect=["template"],
)
"""Every function of every target."""

LAMBDAS_OWN = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    # reading its queue or stream, and setting aside what failed, on the function's behalf
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "s3:ListBucket",
    "s3:PutObject",
}
"""What Lambda does in the function's name."""

APPLYING = {"s3:PutObject", "secretsmanager:PutSecretValue"}
LISTING = {"dynamodb:Query"}
WRITING = {"dynamodb:BatchWriteItem"}
SAVING = {"dynamodb:PutItem", *WRITING}

NOT_ITS_OWN = {
    "collect": {*LISTING, *WRITING, "dynamodb:UpdateItem", "secretsmanager:PutSecretValue"},
    "replay": {
        *LISTING,
        *SAVING,
        "s3:PutObject",
        "dynamodb:BatchGetItem",
        "secretsmanager:PutSecretValue",
        "lambda:InvokeFunction",
        "sqs:SendMessage",
    },
    "process": LISTING,
    "archive": {"s3:PutObject"},
    "tee": APPLYING,
    **{f"send-{queue}": {*APPLYING, *SAVING, *LISTING} for queue in QUEUES},
}
"""Calls of its adapters that only the command makes, or another function."""

CALLING = {f"send-{queue}" for queue in QUEUES if CHANNELS[queue].calls_out}

STARS = {
    "SendEmailRole": "what the account may send has no ARN",
    "SendSmsRole": "a telephone number has no ARN; every topic and endpoint is denied beside it",
    "PushMakerRole": "an application that is still to be made has no ARN",
    "WatchFunctionRole": "lists of the account have no ARN",
}
"""Roles that have a statement on every resource, and why."""


def granted(template: Template, function: str) -> set[str]:
    return {
        action
        for statement in template.statements(template.role_of(function))
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    }


@EACH
def test_a_function_may_do_nothing_that_its_code_never_asks_for(name: str, template: Template) -> None:
    assert granted(template, name) - LAMBDAS_OWN <= actions_of(*loaded_by(name))


@pytest.mark.parametrize("name", HANDLERS)
def test_a_function_may_do_all_that_its_code_asks_for(name: str, templates: dict[str, Template]) -> None:
    asked = actions_of(*loaded_by(name)) - NOT_ITS_OWN.get(name, set())

    assert asked <= granted(templates["dev" if name in ON_AWS else "local"], name)


def test_no_policy_allows_every_action_of_anything(template: Template) -> None:
    statements = template.statements()

    assert len(statements) > 20
    for statement in statements:
        for action in listed(statement["Action"]):
            assert "*" not in action, statement


def test_a_statement_on_every_resource_is_one_of_those_explained(template: Template) -> None:
    starred = {
        role["Ref"][:-8]
        for policy in template.properties("AWS::IAM::Policy").values()
        for role in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "*" in listed(statement["Resource"])
    }

    not_made = {
        *(set() if template.settings.push else {"PushMakerRole"}),
        *(set() if template.settings.alarms else {"WatchFunctionRole"}),
    }
    assert starred == set(STARS) - not_made


def test_text_messages_reach_numbers_and_nothing_else(template: Template) -> None:
    publishing = [
        (statement["Effect"], statement["Resource"])
        for statement in template.statements(template.role_of("send-sms"))
        if statement["Action"] == "sns:Publish"
    ]

    assert publishing == [("Allow", "*"), ("Deny", "arn:*:sns:*:*:*")]


def test_sweep_writes_its_cursor_and_no_profile(template: Template) -> None:
    writing = [
        statement
        for statement in template.statements(template.role_of("sweep"))
        if "dynamodb:PutItem" in listed(statement["Action"])
    ]

    assert [statement["Condition"] for statement in writing] == [
        {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["#sweep"]}}
    ]


def test_only_the_function_that_defines_may_write_the_workspace(template: Template) -> None:
    (table,) = [name for name in template.all("AWS::DynamoDB::Table") if name.startswith("TablesWorkspace")]
    writing = {
        name
        for name in deployed(template.settings.stage)
        for statement in template.statements(template.role_of(name))
        if "dynamodb:PutItem" in listed(statement["Action"]) and table in str(statement["Resource"])
    }
    objects = {
        name
        for name in deployed(template.settings.stage)
        for statement in template.statements(template.role_of(name))
        if "s3:PutObject" in listed(statement["Action"]) and "/workspaces/*" in str(statement["Resource"])
    }

    assert (writing, objects) == ({"define"}, {"define"})


def test_what_the_public_reaches_reads_no_secret_that_we_show_others(template: Template) -> None:
    secrets = {name[:-8]: name for name in template.all("AWS::SecretsManager::Secret")}
    reading = [
        (name, statement)
        for name in template.functions()
        for statement in template.statements(template.role_of(name))
        if "secretsmanager:GetSecretValue" in listed(statement["Action"])
    ]
    readers = {
        short: {name for name, statement in reading if statement["Resource"] == {"Ref": logical}}
        for short, logical in secrets.items()
    }

    assert readers == {
        "WorkspaceSecret": {"collect", "replay"},
        "WorkspaceOutgoingSecret": {*CALLING, "tee"},
    }
    for name, made in template.functions().items():
        told = str(made.get("Environment", {}))
        assert (secrets["WorkspaceOutgoingSecret"] in told) == (name.startswith("send-") or name == "tee"), (
            name
        )


def test_nothing_reads_a_value_that_a_secret_had_before(template: Template) -> None:
    current = {"ForAnyValue:StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}
    reading = [
        statement
        for name in deployed(template.settings.stage)
        for statement in template.statements(template.role_of(name))
        if "secretsmanager:GetSecretValue" in listed(statement["Action"])
    ]

    assert reading
    assert [statement["Condition"] for statement in reading] == [current] * len(reading)


def test_collect_may_call_the_function_that_defines_and_no_other(template: Template) -> None:
    logical, _ = template.function("define")
    calling = [
        (name, statement["Resource"])
        for name in deployed(template.settings.stage)
        for statement in template.statements(template.role_of(name))
        if "lambda:InvokeFunction" in listed(statement["Action"])
    ]

    assert calling == [("collect", {"Fn::GetAtt": [logical, "Arn"]})]


def test_no_role_has_a_managed_policy(template: Template) -> None:
    assert not any("ManagedPolicyArns" in role for role in template.properties("AWS::IAM::Role").values())


def test_only_services_of_this_stack_assume_its_roles(template: Template) -> None:
    services = {
        statement["Principal"]["Service"]
        for role in template.properties("AWS::IAM::Role").values()
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    }

    assert services == {"lambda.amazonaws.com", "firehose.amazonaws.com"}


def test_only_api_gateway_and_the_schedule_may_call_functions(template: Template) -> None:
    for permission in template.each("AWS::Lambda::Permission").values():
        assert permission["Principal"] in {"apigateway.amazonaws.com", "events.amazonaws.com"}
        assert permission["SourceArn"]


def _resources(statement: Statement) -> list[Any]:
    return listed(statement["Resource"])


def test_dynamodb_is_granted_on_single_tables_and_indexes(template: Template) -> None:
    resources = [
        resource
        for statement in template.statements()
        if any(action.startswith("dynamodb:") for action in listed(statement["Action"]))
        for resource in _resources(statement)
    ]

    assert len(resources) > 10
    assert [resource for resource in resources if "*" in str(resource)] == []


def test_the_access_log_has_no_path_for_some_hold_a_key_or_a_person(template: Template) -> None:
    for stage in template.properties("AWS::ApiGatewayV2::Stage").values():
        fields = json.loads(stage["AccessLogSettings"]["Format"]).values()
        assert not {"$context.path", "$context.identity.sourceIp", "$context.requestOverride.path"} & set(
            fields
        )
