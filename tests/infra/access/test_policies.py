"""What a policy allows beyond what the verbs ask: what pages send people to, and nothing that changes the stack."""

from __future__ import annotations

import json
import re

import pytest

from tests.infra.access.filled_stack import STAGE
from tests.infra.access.runs import POLICIES
from tests.infra.calls import ROOT
from tests.infra.policies import Call, Deployed
from tests.infra.recorded_calls import NEEDS_NO_PERMISSION
from tests.infra.template import Template


def test_operators_may_keep_the_rest_of_a_batch_of_which_the_stream_took_a_part(deployed: Deployed) -> None:
    policy, outputs = deployed.policy("OperatorsPolicyArn"), deployed.outputs()
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert policy.allows(Call(action, f"arn:aws:s3:::{outputs['GivenUpBucket']}/aws/1")), action


def test_operators_may_all_that_the_doctors_page_lists(prod: Template) -> None:
    listed = set(re.findall(r"`(\w+:[A-Z]\w+)`", (ROOT / "docs" / "doctor.md").read_text()))

    assert len(listed) > 15
    assert listed - Deployed(prod).policy("OperatorsPolicyArn").actions <= NEEDS_NO_PERMISSION


FOLLOWING_AN_ALARM = {
    "cloudformation:DescribeStackDriftDetectionStatus": "*",
    "cloudformation:DescribeStackResourceDrifts": "{stack}",
    "cloudformation:DetectStackDrift": "{stack}",
    "cloudformation:GetTemplate": "{stack}",
    "cloudformation:ListStackResources": "{stack}",
    "cloudwatch:DescribeAlarmHistory": "*",
    "cloudwatch:DescribeAlarms": "*",
    "cloudwatch:GetDashboard": "*",
    "cloudwatch:GetMetricData": "*",
    "iam:GetRolePolicy": "arn:aws:iam::123456789012:role/headrace-{stage}-ProcessFunctionRole1A2B3C4D-XYZ",
    "iam:ListRolePolicies": "arn:aws:iam::123456789012:role/headrace-{stage}-ProcessFunctionRole1A2B3C4D-XYZ",
    "logs:FilterLogEvents": "arn:aws:logs:us-east-1:123456789012:log-group:headrace-{stage}-LakeDeliveryErrors1A-XYZ:*",
}
"""What docs/operating/alarms.md and access.md send operators to."""


def test_whoever_is_on_call_may_follow_an_alarm_to_where_its_page_sends_them(deployed: Deployed) -> None:
    policy = deployed.policy("OnCallPolicyArn")
    stack = f"arn:aws:cloudformation:us-east-1:123456789012:stack/headrace-{STAGE}/an-id"
    calls = [
        Call(action, resource.format(stack=stack, stage=STAGE))
        for action, resource in FOLLOWING_AN_ALARM.items()
    ]

    assert policy.refused(calls) == set()
    assert not policy.allows(Call("iam:GetRolePolicy", "arn:aws:iam::123456789012:role/Admin"))
    assert not policy.allows(Call("cloudformation:GetTemplate", stack.replace(STAGE, "other")))
    pages = "".join((ROOT / "docs" / "operating" / f"{name}.md").read_text() for name in ("alarms", "access"))
    named = {
        f"cloudformation:{''.join(word.capitalize() for word in call.split('-'))}"
        for call in re.findall(r"aws cloudformation ([a-z-]+)", pages)
    }
    assert named <= policy.actions
    assert "cloudformation:DetectStackDrift" in named


@pytest.mark.parametrize("output", POLICIES)
def test_nobody_is_allowed_to_write_a_person_or_to_change_the_stack(output: str, deployed: Deployed) -> None:
    policy, outputs = deployed.policy(output), deployed.outputs()
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/"

    assert not any(action.endswith("*") for action in policy.actions)
    assert not any(action.startswith(("lambda:Update", "lambda:Create")) for action in policy.actions)
    assert {action for action in policy.actions if action.startswith("iam:")} <= {
        "iam:GetRolePolicy", "iam:ListRolePolicies",
    }  # fmt: skip
    assert {action for action in policy.actions if "Delete" in action} <= {
        "sqs:DeleteMessage",
        "s3:DeleteObject",
    }
    for queue in deployed.queues():
        if "DeadLetters" not in queue:
            assert not policy.allows(Call("sqs:DeleteMessage", deployed.arn(queue))), queue
    for name in ("LakeBucket", "WorkspaceBucket"):
        assert not policy.allows(Call("s3:DeleteObject", f"arn:aws:s3:::{outputs[name]}/a")), name
    for name in ("ProfilesTable", "TimelineTable", "MessagesTable", "RejectedTable", "TeeTable"):
        assert not policy.allows(Call("dynamodb:PutItem", table + outputs[name])), name
    for function in (name for name in outputs if name.endswith("Function")):
        if function in ("ReplayFunction", "ArchiveFunction"):  # to bring events in again
            continue
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{outputs[function]}"
        assert not policy.allows(Call("lambda:InvokeFunction", arn)), function


@pytest.mark.parametrize("output", POLICIES)
def test_a_policy_fits_into_what_iam_takes(output: str, on_aws: Template) -> None:
    """6,144 characters, spaces not counted, with ids as long as those that CloudFormation makes."""
    text = json.dumps(Deployed(on_aws).policy(output).statements, separators=(",", ":"))

    assert len(text) < 6_144 - 300


def test_the_laptop_needs_no_policy(templates: dict[str, Template]) -> None:
    assert templates["local"].all("AWS::IAM::ManagedPolicy") == {}
