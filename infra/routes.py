"""Your own routes: rules over the bus's `Event` entries, and where each takes what matches.

An `Event` entry is one event whose definition says `forward: true`. Its detail has `event` (name, properties, user_id,
...), `person`, `segments`, and `traits`, those its definition lists in `forward_traits` (`shared.bus_entries`). A rule
matches on any of them: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html.

To add a route copy `purchases`, change its pattern and its target, and list it in `ROUTES`. Targets are queues,
functions, other buses, partners' API destinations, ...: everything in `aws_events_targets`. A queue in between, as
here, gives retries and back-pressure. Remove the example if you do not want it: nothing else depends on it.
"""

from __future__ import annotations

from collections.abc import Callable

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.dead_letters import dead_letter_queue, work_queue
from shared.bus_entries import SOURCE, ForwardedEvent


def purchases(scope: Construct, bus: events.EventBus) -> None:
    """Every purchase, for whatever reads this queue: a warehouse, a loyalty programme."""
    dead_letters = dead_letter_queue(scope, "PurchasesDeadLetters")
    queue = work_queue(scope, "Purchases", dead_letters=dead_letters, function_timeout=Duration.seconds(30))
    rule = route(scope, "PurchasesRule", bus, {"event": {"name": ["Complete Purchase"]}})
    rule.add_target(targets.SqsQueue(queue, dead_letter_queue=dead_letters))


ROUTES: tuple[Callable[[Construct, events.EventBus], None], ...] = (purchases,)


def route(scope: Construct, id: str, bus: events.EventBus, detail: dict[str, object]) -> events.Rule:
    """A rule over `Event` entries whose detail matches."""
    pattern = events.EventPattern(source=[SOURCE], detail_type=[ForwardedEvent.detail_type], detail=detail)
    return events.Rule(scope, id, event_bus=bus, event_pattern=pattern)


class Routes(Construct):
    def __init__(self, scope: Construct, id: str, *, bus: events.EventBus) -> None:
        super().__init__(scope, id)
        for make in ROUTES:
            make(self, bus)
