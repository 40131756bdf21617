"""The rules of a stack's bus, and their targets. A rule over `Event` entries is a route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from shared.aws.clients import unavailable_when_failing
from shared.aws.stack.rules import Target, is_enabled, listed, targets
from shared.bus_entries import EventBatch, MessageRequested

OURS = frozenset({MessageRequested.detail_type, EventBatch.detail_type})
"""Entries for the stack's own functions."""


@dataclass(frozen=True)
class RouteRule:
    """A rule of the bus. `detail` is the pattern for entries of these types."""

    name: str
    types: tuple[str, ...]
    detail: dict[str, Any]
    is_enabled: bool
    targets: tuple[Target, ...]


def route_rules(bus: str) -> list[RouteRule]:
    """The routes of the bus, sorted by name. Raises Unavailable."""
    return [rule for rule in bus_rules(bus) if not OURS & {*rule.types}]


def bus_rules(bus: str) -> list[RouteRule]:
    """All rules of the bus, routes and the stack's own, sorted by name. Raises Unavailable."""
    with unavailable_when_failing():
        found = [
            RouteRule(
                name=rule.get("Description") or rule["Name"],
                types=tuple(pattern.get("detail-type", ())),
                detail=pattern.get("detail", {}),
                is_enabled=is_enabled(rule),
                targets=tuple(targets(bus, rule["Name"])),
            )
            for rule in listed(bus)
            for pattern in [orjson.loads(rule.get("EventPattern") or b"{}")]
        ]
    return sorted(found, key=lambda route: route.name)
