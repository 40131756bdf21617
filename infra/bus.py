"""The bus and its consumers: rule → queue → function, with a dead-letter queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from infra.dead_letters import ATTEMPTS, dead_letter_queue, work_queue
from infra.python_function import PythonFunction
from infra.settings.model import Settings
from shared.bus_entries import SOURCE


class Bus(Construct):
    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        super().__init__(scope, id)
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"headrace-{settings.stage}")

    def published_to_by(self, function: PythonFunction) -> None:
        function.set(BUS_NAME=self.bus.event_bus_name)
        function.allow("events:PutEvents", on=self.bus.event_bus_arn)


class BusConsumer(Construct):
    """Delivers entries of one detail type, optionally filtered by their detail, to a function through a queue."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bus: Bus,
        detail_type: str,
        detail: Mapping[str, Sequence[str]] | None = None,
        function: PythonFunction,
        batch_size: int,
        window: Duration | None = None,
        concurrency: int | None = None,
        attempts: int = ATTEMPTS,
    ) -> None:
        super().__init__(scope, id)
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        self.queue = work_queue(
            self,
            "Queue",
            dead_letters=self.dead_letters,
            function_timeout=function.timeout,
            window=window,
            attempts=attempts,
        )
        rule = events.Rule(
            self,
            "Rule",
            event_bus=bus.bus,
            event_pattern=events.EventPattern(
                source=[SOURCE], detail_type=[detail_type], detail=dict(detail) if detail else None
            ),
        )
        rule.add_target(targets.SqsQueue(self.queue, dead_letter_queue=self.dead_letters))
        function.live.add_event_source(
            sources.SqsEventSource(
                self.queue,
                batch_size=batch_size,
                max_batching_window=window,
                max_concurrency=concurrency,
                report_batch_item_failures=True,
            )
        )
