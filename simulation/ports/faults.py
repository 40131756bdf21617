"""Faults on command for the fakes: dying after the n-th call, or failing some items of the next calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.failures import Unavailable, Unwritten


class Died(BaseException):
    """The process ended, as a time-out or a crash ends it: no handler of ours gets to see it."""


@dataclass
class Faults:
    """Shared by all fakes of one test. `die_after` counts calls of any port; the call itself still takes effect.

    `down` are the services that answer nothing now, by the word before the dot of a call's name.
    """

    die_after: int | None = None
    calls: int = 0
    made: list[str] = field(default_factory=list)
    down: set[str] = field(default_factory=set)

    def outage(self, service: str) -> None:
        """Raises Unavailable while the service is down."""
        if service in self.down:
            raise Unavailable(f"{service} is down")

    def called(self, name: str) -> None:
        self.calls += 1
        self.made.append(name)
        if self.calls == self.die_after:
            raise Died(f"after call {self.calls}, {name}")


@dataclass
class ItemFaults:
    """Which items the next batch writes do not take, one entry per call: `all`, or positions."""

    planned: deque[Sequence[int] | Literal["all"]] = field(default_factory=deque)
    refusing: Callable[[Any], bool] | None = None
    """Items whose content is refused, however often they come."""
    throttling: Callable[[Any], bool] | None = None
    """Items for which there is no room now, however often they come."""

    def unwritten(self, items: Sequence[object], *, down: bool = False) -> Unwritten:
        plan: Sequence[int] | Literal["all"] = self.planned.popleft() if self.planned else ()
        if down or isinstance(plan, str):
            return Unwritten(range(len(items)))
        refused = [at for at, item in enumerate(items) if self.refusing is not None and self.refusing(item)]
        throttled = [
            at for at, item in enumerate(items) if self.throttling is not None and self.throttling(item)
        ]
        left = [*(position for position in plan if position < len(items)), *throttled]
        return Unwritten(left, refused)
