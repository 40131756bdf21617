"""What follows from an event or timer, and from that in turn: derived events go round the parts, one generation after
another. What goes on for too long, or would be too much, is cut and named.

What is asked for first wins: by the event itself, in the order of the workspace's campaigns; then by each event that
follows from it, generation by generation. So the same is cut whatever the batches and portions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shared.events import Event, system_event
from shared.fold.deciding import Deciding
from shared.fold.effects import Ask, Derive, Effect, Forward, Registered
from shared.fold.order import Order
from shared.fold.outbox import Derived, Request, decision_size
from shared.fold.outcome import CutFor
from shared.fold.slices import Slices
from shared.records import DEEPEST
from shared.workspace.limits import MOST_MESSAGES

GENERATIONS = 8
"""What follows from an event, what follows from that, and so on: so often at one instant."""

FROM_ONE_CAUSE = 16 * 1024
"""Bytes of JSON of what follows from one event or timer, for all of it is saved together. `shared.fold.budgets` adds it
to what else an item may hold."""


class Cause(NamedTuple):
    """An event that arrived, or a timer, whose position among the decisions is below 0."""

    position: int
    event: Event


class _Room:
    """What may still follow from one cause. Once something has not fitted nothing more does, however small."""

    def __init__(self, decided: Deciding) -> None:
        self._decided = decided
        self._most = decided.size + FROM_ONE_CAUSE
        self._messages = MOST_MESSAGES
        self._is_full = False

    def takes(self, decision: Request | Derived) -> bool:
        self._is_full = self._is_full or self._decided.size + decision_size(decision) > self._most
        return not self._is_full

    def takes_message(self, request: Request) -> bool:
        if not self._messages or not self.takes(request):
            return False
        self._messages -= 1
        return True


def follow(order: Order, decided: Deciding, slices: Slices, cause: Cause, effects: Sequence[Effect]) -> None:
    """Settle what the cause makes follow, as `effects` say and as the parts say of each event that is derived."""
    room = _Room(decided)
    generation = _settled(decided, slices, cause.position, effects, room)
    if not generation:
        return
    if cause.position < 0 and slices.facts.depth >= DEEPEST:
        decided.cut_off(generation, CutFor.CIRCLE)
        return
    for _ in range(GENERATIONS):
        following: list[Derive] = []
        for derive in generation:
            derived = Derived(derive.name, cause.position, derive.properties, derive.at, derive.token)
            if not room.takes(derived):
                decided.cut_off([derive], CutFor.TOO_MUCH)
                continue
            event = system_event(derive.name, cause.event, derive.properties, derive.at, derive.token)
            index = decided.derive(derived)
            parts = order.met_by_derived(event, slices.facts)
            shown = [effect for part in parts for effect in slices.shown(part, event)]
            following += _settled(decided, slices, index, shown, room)
        generation = following
        if not generation:
            return
    decided.cut_off(generation, CutFor.CIRCLE)


def _settled(
    decided: Deciding, slices: Slices, index: int, effects: Sequence[Effect], room: _Room
) -> list[Derive]:
    """Note what the effects decide; return the events that follow."""
    following: list[Derive] = []
    for effect in effects:
        match effect:
            case Ask() if slices.facts.depth >= DEEPEST:
                decided.cut_off([effect], CutFor.CIRCLE)
            case Ask(campaign, channel):
                request = Request(campaign, channel, index)
                if room.takes_message(request):
                    decided.ask(request)
                else:
                    decided.cut_off([effect], CutFor.TOO_MUCH)
            case Forward():
                decided.forwarded.append(index)
            case Registered(token):
                decided.registered.append(token)
            case Derive():
                following.append(effect)
    return following
