"""Which work nobody takes up: of the bus's entries, and of streams and queues."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shared.aws.stack.event_sources import EventSource, failing, missing, off
from shared.aws.stack.rules import Rule
from shared.bus_entries import SOURCE, EventBatch, MessageRequested
from shared.messaging.channels import QUEUES

OWN_PATTERNS: Mapping[str, dict[str, Any]] = {
    "events for the lake": {"source": [SOURCE], "detail-type": [EventBatch.detail_type]},
    **{
        f"requests for {' and '.join(channels)}": {
            "source": [SOURCE],
            "detail-type": [MessageRequested.detail_type],
            "detail": {"channel": [*channels]},
        }
        for channels in QUEUES.values()
    },
}
"""Of the rules that every stack has: what `process` puts on the bus for Headrace's own functions. A test compares them
with the template's. Routes are not among them: switching one off is their owner's business."""


def stopped_rules(found: Sequence[Rule]) -> list[str]:
    """EventBridge keeps nothing of what no rule takes: a rule that is off, gone or changed loses it."""
    working = [one.pattern for one in found if one.is_enabled and one.targets]
    return [
        f"no rule of the bus takes {what} to a queue: it is disabled, deleted or changed"
        for what, pattern in OWN_PATTERNS.items()
        if pattern not in working
    ]


def stopped_consumers(found: Sequence[EventSource], expected: Mapping[str, Collection[str]]) -> list[str]:
    """`expected`: from which services each function takes its work."""
    return [
        *(f"{one.function} gets nothing from {one.service}: {one.state}" for one in off(found)),
        *(f"{function} reads {service} no longer" for function, service in missing(found, expected)),
        *(f"{one.function} fails on what {one.service} gives it: {one.result}" for one in failing(found)),
    ]
