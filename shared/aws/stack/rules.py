"""The deployed rules of EventBridge: whether they are enabled, what they match, and their targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from shared.aws.clients import client, unavailable_when_failing

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import RuleTypeDef

DEFAULT_BUS = "default"
"""The bus that schedules are on."""


class Target(NamedTuple):
    """The ARNs of a target and of its dead-letter queue; the latter is None if undelivered entries are lost."""

    arn: str
    dead_letters: str | None


class Rule(NamedTuple):
    """A rule. `detail_types` and `channels` are those of its pattern. They are empty for a schedule, or if the pattern
    does not name any. `pattern` is the whole pattern, as EventBridge has it."""

    name: str
    bus: str
    is_enabled: bool
    detail_types: tuple[str, ...]
    channels: tuple[str, ...]
    targets: tuple[Target, ...]
    pattern: Mapping[str, Any] = {}


def rules(bus: str, prefix: str = "") -> list[Rule]:
    """The rules of a bus with this prefix, sorted by name. Raises Unavailable."""
    with unavailable_when_failing():
        found = [_rule(bus, one) for one in listed(bus, prefix)]
    return sorted(found, key=lambda rule: rule.name)


def listed(bus: str, prefix: str = "") -> Iterator[RuleTypeDef]:
    """EventBridge's descriptions of the rules of a bus with this prefix. Raises botocore's errors, like the functions
    below."""
    paginator = client("events").get_paginator("list_rules")
    named = paginator.paginate(EventBusName=bus, NamePrefix=prefix)
    for page in named if prefix else paginator.paginate(EventBusName=bus):
        yield from page["Rules"]


def is_enabled(rule: RuleTypeDef) -> bool:
    """Whether the rule is enabled, in either of the two enabled states. (One of them also matches CloudTrail's
    events.)"""
    return rule.get("State", "").startswith("ENABLED")


def targets(bus: str, rule: str) -> Iterator[Target]:
    """The targets of a rule."""
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
