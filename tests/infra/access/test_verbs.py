"""The command works under the operators' policy, CI under its own: no call is refused, and little else allowed.

Each verb runs against moto with the stack's own tables, buckets, queues and outputs. What it asks of AWS is recorded
and held against the synthesised policy, action and resource.
"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.doctor.examining import examination
from cli.doctor.permissions import ACTIONS
from cli.main import typed
from cli.registry import VERBS
from cli.stacks import Stack
from tests.infra.access.filled_stack import STAGE
from tests.infra.access.runs import (
    BY_ADMINISTRATORS,
    NEVER_ON_AWS,
    ONLY_ADMINISTRATORS_ASK,
    ONLY_FUNCTIONS_ASK,
    RUNS,
    SHOP,
    WITHOUT_AWS,
    run,
)
from tests.infra.calls import actions_of
from tests.infra.policies import Call, Deployed
from tests.infra.recorded_calls import NEEDS_NO_PERMISSION, recorded
from tests.infra.template import Template

ATHENA_ASKS = {
    "glue:GetDatabase": "glue:us-east-1:123456789012:database/headrace_{stage}",
    "glue:GetTable": "glue:us-east-1:123456789012:table/headrace_{stage}/events",
    "glue:GetPartitions": "glue:us-east-1:123456789012:table/headrace_{stage}/events_raw",
    "s3:GetBucketLocation": "s3:::{lake}",
    "s3:ListBucket": "s3:::{lake}",
    "s3:GetObject": "s3:::{lake}/events/dt=2026-11-30/1.parquet",
    "s3:PutObject": "s3:::{lake}/query-results/1.csv",
}
"""In the name of who queries: https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html"""


def test_each_verb_that_asks_aws_is_run_here() -> None:
    assert set(VERBS) == {*RUNS, *NEVER_ON_AWS, *WITHOUT_AWS, *BY_ADMINISTRATORS}
    for verb in WITHOUT_AWS - {"settings", "simulate"}:
        assert actions_of(f"cli.commands.{VERBS[verb].module}") == set(), verb


def test_settings_ask_nothing_of_aws_though_they_load_what_does(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, result = run(deployed, ["settings"], monkeypatch)

    assert (result.exit_code, calls) == (0, [])


def test_a_simulation_asks_nothing_of_aws_though_it_runs_the_functions(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch, deployed.outputs()) as calls:
        result = CliRunner().invoke(typed, ["simulate", SHOP, f"{SHOP}/history.ndjson"])

    assert (result.exit_code, calls) == (0, [])


def test_no_verb_is_refused_what_it_asks_under_the_operators_policy(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy = deployed.policy("OperatorsPolicyArn")

    for verb, calls in asked.items():
        assert policy.refused(calls) == set(), verb
    assert deployed.policy("CiPolicyArn").refused(asked["profile"])  # under another policy it is


def test_the_runs_reach_what_the_verbs_are_for(asked: dict[str, list[Call]], deployed: Deployed) -> None:
    """So that a run that broke off early does not pass for one that asked for little."""
    outputs = deployed.outputs()
    reached = {verb: {call.action for call in calls} for verb, calls in asked.items()}

    assert "secretsmanager:UpdateSecretVersionStage" in reached["apply"]
    assert {"logs:FilterLogEvents", "s3:ListBucket", "s3:GetObject"} <= reached["ledger"]
    assert "dynamodb:Query" in reached["timeline"]
    assert {"dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:GetItem"} <= reached["messages"]
    assert {"dynamodb:Query", "dynamodb:BatchGetItem"} <= reached["template"]
    assert {"s3:GetObject", "lambda:InvokeFunction"} <= reached["rejected"]
    assert {"sqs:GetQueueAttributes", "dynamodb:Query", "secretsmanager:PutSecretValue"} <= reached["tee"]
    assert {"kinesis:GetShardIterator", "kinesis:GetRecords"} <= reached["tail"]
    assert {"events:ListRules", "sqs:ReceiveMessage", "sqs:GetQueueAttributes"} <= reached["routes"]
    assert {"athena:StartQueryExecution", "athena:GetQueryResults"} <= reached["query"]
    assert {
        "kinesis:PutRecords", "s3:GetObject", "s3:DeleteObject", "sqs:SendMessage", "sqs:DeleteMessage",
        "dynamodb:GetItem", "dynamodb:Query", "lambda:InvokeFunction",
    } <= reached["deadletters"]  # fmt: skip
    assert len([call for call in asked["logs"] if call.action == "logs:FilterLogEvents"]) == len(
        [name for name in outputs if name.endswith("Function")]
    )


@pytest.mark.parametrize("verb", RUNS)
def test_no_branch_of_a_verb_asks_for_what_operators_may_not(verb: str, prod: Template) -> None:
    """Whatever the modules that it loads ask for, run here or not."""
    allowed = Deployed(prod).policy("OperatorsPolicyArn").actions
    asked_for = actions_of(f"cli.commands.{VERBS[verb].module}")

    assert asked_for - allowed <= ONLY_FUNCTIONS_ASK | ONLY_ADMINISTRATORS_ASK | NEEDS_NO_PERMISSION


def test_ci_may_apply_and_deploy_by_the_roles_of_the_bootstrap(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy = deployed.policy("CiPolicyArn")
    roles = [
        Call(
            "sts:AssumeRole",
            f"arn:aws:iam::123456789012:role/cdk-hnb659fds-{kind}-role-123456789012-us-east-1",
        )
        for kind in ("deploy", "file-publishing", "lookup")
    ]

    assert policy.refused([*asked["apply"], *asked["lint"], *asked["status"], *roles]) == set()
    assert actions_of("cli.commands.deploy") - policy.actions <= ONLY_ADMINISTRATORS_ASK | NEEDS_NO_PERMISSION
    for elsewhere in (
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-cfn-exec-role-123456789012-us-east-1",
        "arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-eu-west-1",
        "arn:aws:iam::123456789012:role/Admin",
    ):
        assert not policy.allows(Call("sts:AssumeRole", elsewhere))


@pytest.mark.parametrize("output", ["OperatorsPolicyArn", "CiPolicyArn"])
def test_the_doctor_is_refused_nothing_that_it_asks_or_reads_back(
    output: str, asked: dict[str, list[Call]], deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here nobody answers what it sends, so that it does not come to reading back: that is done by hand."""
    with recorded(monkeypatch, deployed.outputs()) as read_back:
        examined = examination(Stack.load(STAGE))
        examined.arrivals.wait_for("nothing", 0)
        examined.person()
        examined.messages.find("nothing")
        examined.ask("SELECT 1")

    calls = {*asked["doctor"], *read_back}
    assert {
        "dynamodb:Query", "dynamodb:BatchGetItem", "athena:GetQueryResults", "sqs:GetQueueAttributes",
        "sqs:ListQueues", "events:ListTargetsByRule", "lambda:ListEventSourceMappings", "s3:ListBucket",
    } <= {call.action for call in calls}  # fmt: skip
    outputs = deployed.outputs()
    refused = deployed.policy(output).refused(calls)
    if (
        output == "CiPolicyArn"
    ):  # rejected events and failed messages are people's; `cli.doctor.kept` does without
        theirs = (
            outputs["RejectedTable"],
            outputs["MessagesTable"],
            f"{outputs['WorkspaceBucket']}/rejected/",
        )
        refused = {call for call in refused if not any(one in call.resource for one in theirs)}
    assert refused == set()
    assert set(ACTIONS) <= deployed.policy(output).actions


def test_ci_reads_of_people_the_doctors_own_and_events_only_in_the_lake(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy, outputs = deployed.policy("CiPolicyArn"), deployed.outputs()
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/"
    doctors, anybodys = frozenset({"user:headrace-doctor"}), frozenset({"user:headrace-doctor", "user:ann"})
    for action, name in (("BatchGetItem", "ProfilesTable"), ("Query", "TimelineTable")):
        assert policy.allows(Call(f"dynamodb:{action}", table + outputs[name], doctors))
        assert not policy.allows(Call(f"dynamodb:{action}", table + outputs[name], anybodys))
        assert not policy.allows(Call(f"dynamodb:{action}", table + outputs[name]))
    for verb in ("profile", "timeline", "tail"):
        assert policy.refused(asked[verb]), verb

    lake = f"arn:aws:s3:::{outputs['LakeBucket']}/"
    assert policy.allows(Call("s3:GetObject", f"{lake}events/dt=2026-11-30/1.parquet"))
    assert not policy.allows(Call("s3:GetObject", f"{lake}rejected/dt=2026-11-30/1.parquet"))
    resources = json.dumps(policy.statements)
    assert outputs["RejectedTable"] not in resources
    assert "/index/" not in resources
    assert {action for action in policy.actions if action.startswith("kinesis:")} == {
        "kinesis:DescribeStreamSummary"
    }
    assert not policy.actions & {"sqs:ReceiveMessage", "lambda:InvokeFunction", "logs:FilterLogEvents"}


def test_analysts_query_the_lake_and_see_nothing_else(
    asked: dict[str, list[Call]], deployed: Deployed
) -> None:
    policy = deployed.policy("AnalystsPolicyArn")

    assert policy.refused(asked["query"]) == set()
    assert policy.refused(_of_athena(deployed)) == set()
    services = {action.partition(":")[0] for action in policy.actions}
    assert services == {"athena", "cloudformation", "glue", "s3"}
    assert {action for action in policy.actions if action.startswith("s3:Put")} == {"s3:PutObject"}
    for verb in ("apply", "keys", "rejected", "messages", "profile", "tail", "doctor"):
        assert policy.refused(asked[verb]), verb


def _of_athena(deployed: Deployed) -> list[Call]:
    lake = deployed.outputs()["LakeBucket"]
    return [
        Call(action, "arn:aws:" + resource.format(stage=STAGE, lake=lake))
        for action, resource in ATHENA_ASKS.items()
    ]


@pytest.mark.parametrize("output", ["OperatorsPolicyArn", "CiPolicyArn", "AnalystsPolicyArn"])
def test_athena_may_read_the_lake_in_the_name_of_who_asks(output: str, deployed: Deployed) -> None:
    outputs = deployed.outputs()
    policy = deployed.policy(output)

    assert policy.refused(_of_athena(deployed)) == set()
    assert not policy.allows(
        Call("s3:PutObject", f"arn:aws:s3:::{outputs['LakeBucket']}/events/dt=2026-11-30/1")
    )
