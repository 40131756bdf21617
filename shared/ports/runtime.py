"""What a stage asks of the process that it runs in: the time, chance, new ids, and work at the same time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # not every function works in threads
    from concurrent.futures import Executor

Pause = Callable[[float], None]
"""Waits for a drawn time, of that many seconds at most (full jitter):
https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/"""

NewId = Callable[[], str]
"""Returns a new UUID of version 7, as text."""

Lock = Callable[[], AbstractContextManager[object]]
"""Makes a lock, for the threads of a function."""

Threads = Callable[[int], "Executor"]
"""Makes an executor of that many threads."""


class Runtime(Protocol):
    """A simulation has its own, in which no time passes but what it says."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def ticks(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float, /) -> None: ...

    def pause(self, most: float, /) -> None:
        """As `Pause`."""

    def draw(self) -> float:
        """At least 0, and less than 1."""

    def new_id(self) -> str:
        """As `NewId`."""

    def lock(self) -> AbstractContextManager[object]:
        """As `Lock`."""

    def threads(self, count: int, /) -> Executor:
        """As `Threads`."""
