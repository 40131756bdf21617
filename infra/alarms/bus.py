"""Alarms on entries that the bus could not deliver."""

from __future__ import annotations

from aws_cdk import Fn
from aws_cdk import aws_events as events

from infra.alarms.alarm_set import AlarmSet, path_of
from infra.metrics import SUM, metric
from infra.routing import Routes


def watch_rules(alarms: AlarmSet, routes: Routes) -> None:
    """Of your own routes, one each. Headrace's own rules have dead letters, which are watched, as is whether the
    queues let the bus in (`infra/watch.py`).

    Such an entry ends in the rule's dead-letter queue. It is lost if there is none, or if the queue refuses it.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    for rule in routes.node.find_all():
        if not isinstance(rule, events.CfnRule) or rule.event_bus_name is None:
            continue
        made_by = rule.node.scope
        if made_by is None:
            raise TypeError("a rule is made by a construct")
        alarms.add(
            f"{path_of(made_by)}Undelivered",
            metric(
                "AWS/Events", "FailedInvocations", SUM, EventBusName=rule.event_bus_name, RuleName=_name(rule)
            ),
            "What this rule matches could not be handed to its target.",
        )


def _name(rule: events.CfnRule) -> str:
    """From its ARN, `…:rule/<bus>/<name>`: CloudFormation's `Ref` of such a rule has its bus in it as well."""
    return Fn.select(2, Fn.split("/", rule.attr_arn))
