"""One invocation of a function: what it was given time for, what it wrote, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal["running", "answered", "failed", "crashed", "timed_out"]


@dataclass(slots=True, eq=False)
class Invocation:
    """`environment` counts the function's execution environments. `lines` is its log. `answer` is there once it
    answered, `error` once it raised."""

    number: int
    function: str
    environment: int
    began: datetime
    ended: datetime | None = None
    outcome: Outcome = "running"
    answer: Any = None
    error: BaseException | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def who(self) -> str:
        return f"{self.function}/{self.environment}"


class Context:
    """What Lambda gives a handler beside the event, as far as ours look at it."""

    def __init__(self, deadline: float, ticks: Callable[[], float]) -> None:
        self._deadline = deadline
        self._ticks = ticks

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - self._ticks()) * 1000))
