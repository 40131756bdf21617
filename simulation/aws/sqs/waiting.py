"""Which message is next: those that are ready, and those that become so at a time."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping
from heapq import heappop, heappush

from simulation.aws.sqs.message import Message

MIXED = 16
"""Of so many messages that are ready, any may be next where a queue keeps no order."""


class Waiting:
    """Of `messages`, by their ids. With `unordered`, `draw` says which of the first is next."""

    def __init__(self, messages: Mapping[str, Message], draw: random.Random, *, unordered: bool) -> None:
        self._messages, self._draw, self._unordered = messages, draw, unordered
        self._later: list[tuple[float, int, str]] = []
        self._ready: deque[str] = deque()
        self._count = 0

    def add(self, message: Message) -> None:
        """It is ready at its `ready_at`. Whoever changes that adds it again."""
        self._count += 1
        heappush(self._later, (message.ready_at, self._count, message.id))

    def again(self, message: Message) -> None:
        """It is ready still, though somebody has it."""
        self._ready.append(message.id)

    def wake(self, now: float) -> int:
        """Make ready what is by now. How many are to be looked at."""
        while self._later and self._later[0][0] <= now:
            entry = heappop(self._later)
            if self._is_right(entry):
                self._ready.append(entry[2])
        return len(self._ready)

    def next(self, now: float) -> Message | None:
        """None if the next one was deleted, or put off, meanwhile."""
        if self._unordered and len(self._ready) > 1:
            self._ready.rotate(-self._draw.randrange(min(len(self._ready), MIXED)))
        message = self._messages.get(self._ready.popleft())
        return None if message is None or message.ready_at > now else message

    def soonest(self) -> float | None:
        """When the next one is ready."""
        times = [one.ready_at for one in map(self._messages.get, self._ready) if one is not None]
        while self._later and not self._is_right(self._later[0]):
            heappop(self._later)
        if self._later:
            times.append(self._later[0][0])
        return min(times) if times else None

    def _is_right(self, entry: tuple[float, int, str]) -> bool:
        message = self._messages.get(entry[2])
        return message is not None and message.ready_at == entry[0]
