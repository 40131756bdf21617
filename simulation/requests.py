"""A request to collect, on its way, and what its client is answered."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from simulation.functions.invocation import Invocation
from simulation.scheduler import Program


class Answer(NamedTuple):
    """503 is also what API Gateway answers for a function that ended by force."""

    status: int
    headers: Mapping[str, str]
    body: bytes


GATEWAY_ERROR = Answer(503, {"content-type": "application/json"}, b'{"message":"Service Unavailable"}')


@dataclass(frozen=True, slots=True)
class Pending:
    invocation: Invocation
    program: Program

    @property
    def answer(self) -> Answer | None:
        """None while it is not there."""
        if self.invocation.outcome == "running":
            return None
        if self.invocation.outcome != "answered":
            return GATEWAY_ERROR
        said = self.invocation.answer
        body = said.get("body") or ""
        decoded = base64.b64decode(body) if said.get("isBase64Encoded") else body.encode()
        return Answer(said["statusCode"], said.get("headers", {}), decoded)
