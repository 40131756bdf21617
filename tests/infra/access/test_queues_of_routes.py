"""The queues of a team's own routes fit into the policies, however many and whosever they are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.settings.stages import DEV
from tests.infra.access.runs import POLICIES
from tests.infra.policies import Call, Deployed
from tests.infra.template import synthesised

MANY_ROUTES = """
from functools import partial
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from infra.routes import purchases
from infra.dead_letters import dead_letter_queue, work_queue
from infra.routing import route
from aws_cdk import Duration

def partner(number, scope, bus):
    dead_letters = dead_letter_queue(scope, f"Partner{number}DeadLetters")
    queue = work_queue(
        scope, f"Partner{number}", dead_letters=dead_letters, function_timeout=Duration.seconds(30), attempts=20
    )
    target = targets.SqsQueue(queue, dead_letter_queue=dead_letters)
    route(scope, f"Partner{number}Rule", bus, {"event": {"name": [f"Event {number}"]}}).add_target(target)

def named(scope, bus):
    sqs.Queue(scope, "Named", queue_name="partners-own", enforce_ssl=True)

ROUTES = [named, *(partial(partner, number) for number in range(20))]
"""


def test_many_routes_fit_into_the_policy_and_the_queues_of_each_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(MANY_ROUTES)
    deployed = Deployed(synthesised(replace(DEV, routes=tmp_path / "own.py"), tmp_path / "out"))
    policy = deployed.policy("OperatorsPolicyArn")
    of_routes = [logical for logical in deployed.queues() if logical.startswith("Routes")]

    assert len(of_routes) == 41
    named = deployed.policy("RouteQueuesPolicyArn")
    refused = policy.refused(Call("sqs:ReceiveMessage", deployed.arn(one)) for one in of_routes)
    assert named.refused(refused) == set()
    assert len(refused) == 1, "the one with a name of its own"
    others = {one for one in deployed.queues() if "DeadLetters" not in one} - set(of_routes)
    for other in others:
        assert not policy.allows(Call("sqs:ReceiveMessage", deployed.arn(other))), other
    assert len(json.dumps(policy.statements, separators=(",", ":"))) < 6_144 - 300


OTHERS_QUEUES = """
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from infra.routing import route

def orders(scope, bus):
    queue, beside = (
        sqs.Queue.from_queue_arn(scope, name, f"arn:aws:sqs:us-east-1:210987654321:{name}")
        for name in ("orders", "orders-dead-letters")
    )
    target = targets.SqsQueue(queue, dead_letter_queue=beside)
    route(scope, "OrdersRule", bus, {"event": {"name": ["Order Completed"]}}).add_target(target)
    route(scope, "RefundsRule", bus, {"event": {"name": ["Refund"]}}).add_target(targets.SqsQueue(queue))

ROUTES = [orders]
"""


def test_queues_that_were_there_before_may_be_looked_into_and_no_other_of_their_account(
    tmp_path: Path,
) -> None:
    (tmp_path / "own.py").write_text(OTHERS_QUEUES)
    made = synthesised(replace(DEV, routes=tmp_path / "own.py"), tmp_path / "out")
    policy = Deployed(made).policy("RouteQueuesPolicyArn")
    theirs = "arn:aws:sqs:us-east-1:210987654321:"

    assert made.findings == []
    assert theirs not in json.dumps(made.properties("AWS::SQS::QueuePolicy")), "as the page says"
    for action in ("sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"):
        assert policy.allows(Call(action, f"{theirs}orders"))
        assert policy.allows(Call(action, f"{theirs}orders-dead-letters"))
        assert not policy.allows(Call(action, f"{theirs}others"))
    assert policy.allows(Call("sqs:SendMessage", f"{theirs}orders"))
    assert policy.allows(Call("sqs:DeleteMessage", f"{theirs}orders-dead-letters"))
    assert not policy.allows(Call("sqs:DeleteMessage", f"{theirs}orders"))


MANY_OTHERS_QUEUES = """
from functools import partial

from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from infra.routing import route

def theirs(number, scope, bus):
    queue, beside = (
        sqs.Queue.from_queue_arn(scope, f"{name}{number}", f"arn:aws:sqs:us-east-1:210987654321:{number:079}{name}")
        for name in "QD"
    )
    target = targets.SqsQueue(queue, dead_letter_queue=beside)
    route(scope, f"Partner{number}Rule", bus, {"event": {"name": [f"Event {number}"]}}).add_target(target)

ROUTES = [partial(theirs, number) for number in range(COUNT)]
"""

MOST_CHARACTERS = 6_144
"""Of a managed policy, its spaces not counted: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


@pytest.mark.parametrize(("count", "policies"), [(12, 1), (20, 1), (21, 2)])
def test_however_many_queues_were_there_before_each_policy_fits_and_each_queue_is_in_one(
    tmp_path: Path, count: int, policies: int
) -> None:
    """With the longest names that a queue may have."""
    (tmp_path / "own.py").write_text(MANY_OTHERS_QUEUES.replace("COUNT", str(count)))
    made = synthesised(replace(DEV, routes=tmp_path / "own.py"), tmp_path / "out")
    deployed = Deployed(made)
    outputs = [name for name in made.body["Outputs"] if name.startswith("RouteQueues")]
    theirs = [deployed.policy(name) for name in outputs]

    assert len(outputs) == policies
    for policy in (*theirs, *map(deployed.policy, POLICIES)):
        assert len(json.dumps(policy.statements, separators=(",", ":"))) < MOST_CHARACTERS - 100
    for number in range(count):
        queue, beside = (f"arn:aws:sqs:us-east-1:210987654321:{number:079}{name}" for name in "QD")
        for arn, own in ((queue, "sqs:SendMessage"), (beside, "sqs:DeleteMessage")):
            for action in ("sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", own):
                assert any(policy.allows(Call(action, arn)) for policy in theirs), (action, arn)
        assert not any(policy.allows(Call("sqs:DeleteMessage", queue)) for policy in theirs)
