"""To look at the queues that routes lead to, and to look after those that have names of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from aws_cdk import Stack, Token
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from infra.access.granting import allow, arn_of
from infra.acknowledged import acknowledge_part
from infra.routing import Routes

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


def look_at_routes(policy: iam.ManagedPolicy, routes: Routes) -> None:
    """What waits in the queues that the routes made and CloudFormation named."""
    if _route_queues(routes).are_unnamed:
        # One pattern for them all: a managed policy has 6,144 characters, and an ARN for each route fills it.
        unnamed_arn = arn_of(
            policy, "sqs", f"{Stack.of(policy).stack_name}-{routes.node.id}", "*", separator=""
        )
        acknowledge_part(policy, unnamed_arn, "The queues of the stack's own routes, however many.")
        allow(policy, LOOKED_AT, unnamed_arn)


def policies_of_named_queues(
    routes: Routes, policy_of: Callable[[str, str], iam.ManagedPolicy]
) -> list[iam.ManagedPolicy]:
    """Policies for the queues of routes that no pattern has, as many as it takes; none where there are none.
    `policy_of` makes one of an id and a description."""
    found = _route_queues(routes)
    work, dead_letters = dict.fromkeys(found.work), dict.fromkeys(found.dead_letters)
    arns = _each_once(*work, *dead_letters)
    name = Stack.of(routes).stack_name
    policies: list[iam.ManagedPolicy] = []
    for start in range(0, len(arns), MOST_QUEUES):
        number = len(policies) + 1
        policy = policy_of(
            f"RouteQueues{number if number > 1 else ''}",
            f"Look after queues that routes of {name} lead to, and that have names of their own",
        )
        of_policy = arns[start : start + MOST_QUEUES]
        for arns_, action in (
            ([arn for arn in of_policy if arn in work], "sqs:SendMessage"),
            ([arn for arn in of_policy if arn in dead_letters], "sqs:DeleteMessage"),
        ):
            if arns_:
                allow(policy, [*LOOKED_AT, action], *arns_)
        policies.append(policy)
    return policies


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
