"""An example of routes: rules over the bus's `Event` entries, and where each takes what matches.

An `Event` entry is one event whose definition says `forward: true`. Its detail has `event` (name, properties, user_id,
...), `person`, `segments`, and `traits`, those its definition lists in `forward_traits` (`shared.bus_entries`). A rule
matches on any of them: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html.

For routes of your own copy this file beside your `headrace.yaml`, name it there (`routes: routes.py`), and change in
the copy what you like: the pattern, the target, the functions listed in `ROUTES`. Targets are queues, functions, other
buses, partners' API destinations, ...: everything in `aws_events_targets`. A queue in between, as here, gives retries
and back-pressure; one whose name ends in `DeadLetters` has an alarm. `routes: null` makes none.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.dead_letters import dead_letter_queue, work_queue
from infra.routing import route


def purchases(scope: Construct, bus: events.EventBus) -> None:
    """Puts every purchase into a queue, for a reader such as a warehouse or a loyalty programme."""
    dead_letters = dead_letter_queue(scope, "PurchasesDeadLetters")
    queue = work_queue(
        scope,
        "Purchases",
        dead_letters=dead_letters,
        function_timeout=Duration.seconds(30),
        attempts=20,  # a look by `headrace routes show` counts as one
    )
    rule = route(scope, "PurchasesRule", bus, {"event": {"name": ["Complete Purchase"]}})
    rule.add_target(targets.SqsQueue(queue, dead_letter_queue=dead_letters))


ROUTES = (purchases,)
