"""EventBridge's rules as they are deployed: which of them are on, what they wait for, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from shared.aws.clients import client, unavailable_when_failing

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import RuleTypeDef

DEFAULT_BUS = "default"
"""Where schedules are."""


class Target(NamedTuple):
    """ARNs: of what is given an entry, and of the queue for those that could not be given; None where they are lost."""

    arn: str
    dead_letters: str | None


class Rule(NamedTuple):
    """`detail_types` and `channels` are those of its pattern; none of a schedule, or where it does not ask for any.
    `pattern` is all that it asks for, as EventBridge has it."""

    name: str
    bus: str
    is_enabled: bool
    detail_types: tuple[str, ...]
    channels: tuple[str, ...]
    targets: tuple[Target, ...]
    pattern: Mapping[str, Any] = {}


def rules(bus: str, prefix: str = "") -> list[Rule]:
    """Those of a bus whose names begin so, by name. Raises Unavailable."""
    with unavailable_when_failing():
        found = [_rule(bus, one) for one in listed(bus, prefix)]
    return sorted(found, key=lambda rule: rule.name)


def listed(bus: str, prefix: str = "") -> Iterator[RuleTypeDef]:
    """As EventBridge describes the rules of a bus whose names begin so. Raises botocore's errors, as all below."""
    paginator = client("events").get_paginator("list_rules")
    named = paginator.paginate(EventBusName=bus, NamePrefix=prefix)
    for page in named if prefix else paginator.paginate(EventBusName=bus):
        yield from page["Rules"]


def is_enabled(rule: RuleTypeDef) -> bool:
    """In either way of being on: one is for CloudTrail's events too."""
    return rule.get("State", "").startswith("ENABLED")


def targets(bus: str, rule: str) -> Iterator[Target]:
    """Of the rule of that name."""
    pages = client("events").get_paginator("list_targets_by_rule").paginate(EventBusName=bus, Rule=rule)
    for page in pages:
        for one in page["Targets"]:
            yield Target(one["Arn"], one.get("DeadLetterConfig", {}).get("Arn"))


def _rule(bus: str, found: RuleTypeDef) -> Rule:
    pattern = orjson.loads(found.get("EventPattern") or b"{}")
    return Rule(
        name=found["Name"],
        bus=bus,
        is_enabled=is_enabled(found),
        detail_types=tuple(pattern.get("detail-type", ())),
        channels=tuple(one for one in pattern.get("detail", {}).get("channel", ()) if isinstance(one, str)),
        targets=tuple(targets(bus, found["Name"])),
        pattern=pattern,
    )
