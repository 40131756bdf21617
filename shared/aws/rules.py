"""EventBridge's rules as they are deployed: which of them are on, what they wait for, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from shared.aws.clients import client, unavailable_when_failing

DEFAULT_BUS = "default"
"""Where schedules are."""


class Target(NamedTuple):
    """ARNs: of what is given an entry, and of the queue that takes those that could not be given."""

    arn: str
    dead_letters: str | None


class Rule(NamedTuple):
    """`detail_types` and `channels` are those of its pattern; none of a schedule, or where it does not ask for any."""

    name: str
    bus: str
    is_enabled: bool
    detail_types: tuple[str, ...]
    channels: tuple[str, ...]
    targets: tuple[Target, ...]


def rules(bus: str, prefix: str = "") -> list[Rule]:
    """Those of a bus whose names begin so, by name. Raises Unavailable."""
    only = {"NamePrefix": prefix} if prefix else {}
    with unavailable_when_failing():
        found = [_rule(bus, one) for one in _pages("list_rules", "Rules", EventBusName=bus, **only)]
    return sorted(found)


def _rule(bus: str, found: dict[str, Any]) -> Rule:
    pattern = orjson.loads(found.get("EventPattern") or b"{}")
    return Rule(
        name=found["Name"],
        bus=bus,
        is_enabled=found.get("State", "").startswith("ENABLED"),  # there is one for CloudTrail's events too
        detail_types=tuple(pattern.get("detail-type", ())),
        channels=tuple(one for one in pattern.get("detail", {}).get("channel", ()) if isinstance(one, str)),
        targets=tuple(
            Target(one["Arn"], one.get("DeadLetterConfig", {}).get("Arn"))
            for one in _pages("list_targets_by_rule", "Targets", EventBusName=bus, Rule=found["Name"])
        ),
    )


def _pages(call: str, field: str, **asked: str) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        answer = getattr(client("events"), call)(**asked, **token)
        yield from answer[field]
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}
