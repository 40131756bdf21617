"""Clients at work: each sends its request at its time, and again until it is answered, as SDKs do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from simulation.campaign.history.model import Request
from simulation.campaign.oracle.observed import Attempt

PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (1, 5, 20, 60, 240, 600, 1200, 1800, 3600, 3600, 3600)
)
"""Before each further try of a request that failed."""


class Clients:
    def __init__(self, world: Any) -> None:
        self._world = world
        self.attempts: list[Attempt] = []
        self.waiting = 0
        """Requests that are to be sent, or sent again."""

    def expect(self, request: Request) -> None:
        """The request will be sent at its time, and again as often as its client does not believe the answer."""
        at = request.at
        for wait in (timedelta(), *request.again):
            at += wait
            self.waiting += 1
            self._world.at(at, lambda: self._send(request, 0))

    def _send(self, request: Request, tries: int) -> None:
        began: datetime = self._world.clock.now()
        pending = self._world.begin(
            "POST", request.path, dict(request.headers), request.body, ip=f"198.51.100.{request.number % 250}"
        )
        pending.program.on_end.append(lambda: self._answered(request, tries, began, pending.answer))

    def _answered(self, request: Request, tries: int, began: datetime, answer: Any) -> None:
        now: datetime = self._world.clock.now()
        self.attempts.append(Attempt(request.number, began, now, answer.status, answer.body))
        if (answer.status >= 500 or answer.status == 429) and tries < len(PAUSES):
            self._world.at(now + PAUSES[tries], lambda: self._send(request, tries + 1))
        else:
            self.waiting -= 1
