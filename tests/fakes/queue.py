"""SQS in memory, as an event source uses it: visibility, deliveries counted, and dead letters after too many."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Queued:
    """A message in the queue; `received` counts its deliveries."""

    id: str
    body: str
    sent_at: float
    received: int = 0


@dataclass
class FakeQueue:
    """Times are seconds of `clock`. After `most_receives` deliveries a message is a dead letter the next time."""

    clock: Callable[[], float]
    visibility: float
    most_receives: int
    keeps: float
    messages: dict[str, Queued] = field(default_factory=dict)
    dead: list[Queued] = field(default_factory=list)
    lost: list[Queued] = field(default_factory=list)
    """Kept for too long."""
    _visible: list[tuple[float, int, str]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _hidden_until: dict[str, float] = field(default_factory=dict)

    def send(self, body: str) -> None:
        message = Queued(f"q{len(self.messages)}", body, self.clock())
        self.messages[message.id] = message
        self.hide(message.id, 0)

    def receive(self, most: int) -> list[dict[str, Any]]:
        """As Lambda hands them to a function; those that became visible first come first."""
        taken: list[dict[str, Any]] = []
        while self._visible and len(taken) < most and self._visible[0][0] <= self.clock():
            at, _, name = heapq.heappop(self._visible)
            message = self.messages.get(name)
            if message is None or self._hidden_until[name] != at:
                continue  # it was deleted, or its visibility changed since
            if self.clock() - message.sent_at > self.keeps:
                self.lost.append(self.messages.pop(name))
            elif message.received >= self.most_receives:
                self.dead.append(self.messages.pop(name))
            else:
                message.received += 1
                self.hide(name, self.visibility)
                taken.append(
                    {
                        "messageId": name,
                        "body": message.body,
                        "attributes": {"ApproximateReceiveCount": str(message.received)},
                    }
                )
        return taken

    def hide(self, name: str, seconds: float) -> None:
        until = self.clock() + seconds
        self._hidden_until[name] = until
        heapq.heappush(self._visible, (until, next(self._order), name))

    def delete(self, name: str) -> None:
        del self.messages[name]

    @property
    def next_visible(self) -> float:
        """Seconds until there is, or may be, a message to receive."""
        return self._visible[0][0] - self.clock() if self._visible else 0.0
