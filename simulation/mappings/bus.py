"""Rules → targets: at least once, after a while, in no order.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
"""

from __future__ import annotations

import random
from collections.abc import Callable

from simulation.aws.events.bus import Buses, Delivery
from simulation.mappings.deliveries import Deliveries
from simulation.scheduler import Scheduler


class BusDeliveries:
    """`delivered` is called with the ARN of a queue that got something."""

    def __init__(
        self,
        buses: Buses,
        scheduler: Scheduler,
        draw: random.Random,
        deliveries: Deliveries,
        delivered: Callable[[str], None],
    ) -> None:
        self.under_way = 0
        self._buses, self._scheduler, self._draw = buses, scheduler, draw
        self._deliveries, self._delivered = deliveries, delivered

    def deliver(self, delivery: Delivery) -> None:
        self._send_later(delivery)
        if self._draw.random() < self._deliveries.twice:
            self._send_later(delivery)

    def _send_later(self, delivery: Delivery) -> None:
        self.under_way += 1
        self._scheduler.after(self._draw.random() * self._deliveries.late, lambda: self._send(delivery))

    def _send(self, delivery: Delivery) -> None:
        self.under_way -= 1
        self._buses.send(delivery)
        self._delivered(delivery.target.arn)
