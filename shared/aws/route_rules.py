"""The rules of a stack's bus, as EventBridge has them, and where each leads. Its routes are those over `Event`s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from shared.aws.clients import client, unavailable_when_failing
from shared.bus_entries import EventBatch, MessageRequested

OURS = frozenset({MessageRequested.detail_type, EventBatch.detail_type})
"""Entries for the stack's own functions."""


@dataclass(frozen=True)
class RouteTarget:
    """`dead_letters` is the queue (an ARN) for what EventBridge cannot hand to this target; None where that is lost."""

    arn: str
    dead_letters: str | None


@dataclass(frozen=True)
class RouteRule:
    """`detail` is what the rule asks of an entry of these types."""

    name: str
    types: tuple[str, ...]
    detail: dict[str, Any]
    is_enabled: bool
    targets: tuple[RouteTarget, ...]


def route_rules(bus: str) -> list[RouteRule]:
    """By name. Raises Unavailable."""
    return [rule for rule in bus_rules(bus) if not OURS & {*rule.types}]


def bus_rules(bus: str) -> list[RouteRule]:
    """Routes and the stack's own, by name. Raises Unavailable."""
    with unavailable_when_failing():
        found = [
            RouteRule(
                name=rule.get("Description") or rule["Name"],
                types=tuple(pattern.get("detail-type", ())),
                detail=pattern.get("detail", {}),
                is_enabled=rule.get("State") == "ENABLED",
                targets=tuple(_targets(bus, rule["Name"])),
            )
            for rule in _pages("list_rules", "Rules", EventBusName=bus)
            for pattern in [orjson.loads(rule.get("EventPattern") or b"{}")]
        ]
    return sorted(found, key=lambda route: route.name)


def _targets(bus: str, rule: str) -> Iterator[RouteTarget]:
    for target in _pages("list_targets_by_rule", "Targets", EventBusName=bus, Rule=rule):
        yield RouteTarget(target["Arn"], target.get("DeadLetterConfig", {}).get("Arn"))


def _pages(call: str, field: str, **asked: str) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        answer = getattr(client("events"), call)(**asked, **token)
        yield from answer[field]
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}
