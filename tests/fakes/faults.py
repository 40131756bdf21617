"""Faults on command for the fakes: dying after the n-th call, or failing some items of the next calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


class Died(BaseException):
    """The process ended, as a time-out or a crash ends it: no handler of ours gets to see it."""


@dataclass
class Faults:
    """Shared by all fakes of one test. `die_after` counts calls of any port; the call itself still takes effect."""

    die_after: int | None = None
    calls: int = 0
    made: list[str] = field(default_factory=list)

    def called(self, name: str) -> None:
        self.calls += 1
        self.made.append(name)
        if self.calls == self.die_after:
            raise Died(f"after call {self.calls}, {name}")


@dataclass
class ItemFaults:
    """Which items the next batch writes refuse, one entry per call: `all`, or positions."""

    planned: deque[Sequence[int] | Literal["all"]] = field(default_factory=deque)

    def refused(self, count: int) -> list[int]:
        plan: Sequence[int] | Literal["all"] = self.planned.popleft() if self.planned else ()
        return (
            list(range(count))
            if isinstance(plan, str)
            else [position for position in plan if position < count]
        )
