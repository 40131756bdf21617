"""Alarms on refused senders: by the function, by the gateway, or because the account has no concurrency left."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms.alarm_set import AlarmSet
from infra.collect import Collect
from infra.gateway_throttling import GatewayThrottling
from infra.metrics import MAXIMUM, MINUTE, SUM, metric

CONCURRENCY_PERCENT = 80
"""Percent of the account's concurrency at which to ask for more. AWS takes a day or two to grant it."""


def watch_collect(alarms: AlarmSet, collect: Collect, throttling: GatewayThrottling) -> None:
    alarms.add(
        "CollectAnswers5xx",
        metric("AWS/ApiGateway", collect.gateway.server_errors, SUM, **collect.gateway.dimensions),
        "Senders are told to come back later, or `collect` fails or is throttled: events wait on their side.",
        minutes=(3, 5),
    )
    alarms.add(
        "GatewayThrottled",
        throttling.metric,
        "The gateway answers 429 before the function is called: more requests come than the settings let through.",
    )


def watch_concurrency(alarms: AlarmSet) -> None:
    """The concurrency of all functions of the account in this region, which share one quota.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html#claimed-account-concurrency
    """
    alarms.add(
        "AccountConcurrency",
        cloudwatch.MathExpression(
            expression="100 * claimed / SERVICE_QUOTA(running)",
            using_metrics={
                "claimed": metric("AWS/Lambda", "ClaimedAccountConcurrency", MAXIMUM),
                "running": metric("AWS/Lambda", "ConcurrentExecutions", MAXIMUM),
            },
            label="Percent of the account's concurrent functions",
            period=MINUTE,
        ),
        "The account's concurrent functions are nearly used up: the next peak is throttled.",
        over=CONCURRENCY_PERCENT,
        minutes=(3, 5),
    )
