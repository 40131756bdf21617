"""A call of a function to AWS, as the one who plans faults sees it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from simulation.aws.calls import Failure
from simulation.endings import Crash

__all__ = ["Crash", "Faults", "PortCall", "Untouched"]


@dataclass(frozen=True, slots=True)
class PortCall:
    """`number` counts the calls of all functions, `environment` those of the function. The rest is as in
    `simulation.aws.calls.Call`."""

    number: int
    at: datetime
    function: str
    environment: int
    service: str
    operation: str
    asked: dict[str, Any]


class Faults(Protocol):
    """Asked for every attempt of every call that a function makes. Each may raise Crash, which kills the function: in
    `before` nothing is done by then, in `after` it is."""

    def before(self, call: PortCall) -> Failure | None: ...

    def after(self, call: PortCall, answer: Mapping[str, Any]) -> Failure | None: ...

    def take(self, call: PortCall, count: int) -> Collection[int]:
        """The positions of what is not taken."""


class Untouched:
    """Faults that never happen, to derive others from."""

    def before(self, call: PortCall) -> Failure | None:  # noqa: ARG002
        return None

    def after(self, call: PortCall, answer: Mapping[str, Any]) -> Failure | None:  # noqa: ARG002
        return None

    def take(self, call: PortCall, count: int) -> Collection[int]:  # noqa: ARG002
        return ()
