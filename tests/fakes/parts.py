"""Parts of the fold for tests of its loop: one that waits and then makes something follow, one that answers events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.events import Event
from shared.fold.effects import NOTHING, Consequence, Effect, Facts, Room, Timer
from shared.fold.order import Order
from shared.fold.profile import Pointer, Profile
from shared.fold.run import Run
from shared.records import Trust
from shared.workspace.model import Workspace
from tests.fakes.folding import NOON


@dataclass(frozen=True)
class Answers:
    """What follows from each event."""

    follows: Callable[[Event, Facts], Sequence[Effect]]
    name: str = "answers"
    budget: int = 0
    reads: tuple[str, ...] = ()

    def apply(self, state: Any, event: Event, facts: Facts) -> tuple[Any, list[Effect]]:
        return state, [*self.follows(event, facts)]

    def merge(self, one: Any, _other: Any) -> Any:
        return one

    def explain(self, _state: Any) -> str:
        return ""


@dataclass(frozen=True)
class Waits:
    """From each event `begins_at` on it waits, and then something follows. Its slice are times and depths."""

    name: str
    begins_at: str
    wait: timedelta
    follows: Callable[[Facts], Sequence[Consequence]]
    budget: int = 0
    reads: tuple[str, ...] = ()

    def apply(self, state: Any, event: Event, facts: Facts) -> tuple[Any, list[Effect]]:
        if event.name != self.begins_at:
            return state, []
        return (*self._waiting(state), (facts.now + self.wait, facts.depth + 1)), []

    def due(self, state: Any, _facts: Facts) -> Timer | None:
        waiting = self._waiting(state)
        return Timer(*min(waiting)) if waiting else None

    def wake(self, state: Any, facts: Facts) -> tuple[Any, list[Consequence]]:
        waiting = self._waiting(state)
        over = [one for one in waiting if one[0] <= facts.now]
        return tuple(one for one in waiting if one not in over), [*self.follows(facts)] * len(over)

    def merge(self, one: Any, other: Any) -> Any:
        return (*self._waiting(one), *self._waiting(other))

    def explain(self, _state: Any) -> str:
        return ""

    def _waiting(self, state: Any) -> tuple[tuple[datetime, int], ...]:
        return () if state is NOTHING else state


def run_of(
    *parts: Any,
    now: datetime = NOON,
    depth: int = 0,
    trust: Trust = "server",
    clock: datetime | None = None,
    strangers: dict[str, Profile | Pointer] | None = None,
    arriving: int = 1,
) -> Run:
    """A record's way round these parts alone."""
    waiting = tuple(part for part in parts if hasattr(part, "due"))
    order = Order(gates=(), parts=parts, waiting=waiting, withdrawing=())
    room = Room(45, 45, 45, 10**6)
    facts = Facts(now, Workspace(), trust, depth, "user:u1", {}, {}, room)
    return Run(order, Profile("user:u1", clock=clock), facts, strangers or {}, arriving)
