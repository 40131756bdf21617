"""A request to collect, on its way, and what its client is answered."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from simulation.functions.invocation import Invocation
from simulation.scheduler import Program, Scheduler


class Answer(NamedTuple):
    """What API Gateway answers for a function that failed or took too long is among them:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html"""

    status: int
    headers: Mapping[str, str]
    body: bytes


JSON = {"content-type": "application/json"}
FAILED = Answer(500, JSON, b'{"message":"Internal Server Error"}')
TOO_SLOW = Answer(503, JSON, b'{"message":"Service Unavailable"}')


@dataclass(frozen=True, slots=True)
class Pending:
    invocation: Invocation
    program: Program
    scheduler: Scheduler

    def then(self, action: Callable[[], object]) -> None:
        """Do it, outside of programs, when the answer is there."""

        def later() -> None:
            self.scheduler.after(0, lambda: (action(), None)[1])

        if self.program.ended:
            later()
        else:
            self.program.on_end.append(later)

    @property
    def answer(self) -> Answer | None:
        """None while it is not there."""
        if self.invocation.outcome == "running":
            return None
        if self.invocation.outcome != "answered":
            return TOO_SLOW if self.invocation.outcome == "timed_out" else FAILED
        said = self.invocation.answer
        body = said.get("body") or ""
        decoded = base64.b64decode(body) if said.get("isBase64Encoded") else body.encode()
        return Answer(said["statusCode"], said.get("headers", {}), decoded)
