"""What follows from an event or timer, and from that in turn: derived events go round the parts, one generation after
another, and what goes on beyond that is cut and named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shared.events import Event, system_event
from shared.fold.deciding import Deciding
from shared.fold.effects import Ask, Derive, Effect, Forward, Registered
from shared.fold.order import Order
from shared.fold.outbox import Request
from shared.fold.slices import Slices
from shared.records import DEEPEST

GENERATIONS = 8
"""What follows from an event, what follows from that, and so on: so often at one instant."""

FROM_ONE_CAUSE = 16 * 1024
"""Bytes of JSON of what follows from one event or timer, for all of it is saved together: some seventy events. More
may follow at once, but what follows from that in turn is taken for a circle in the workspace."""


class Cause(NamedTuple):
    """An event that arrived, or a timer, whose position among the decisions is below 0."""

    position: int
    event: Event


def follow(order: Order, decided: Deciding, slices: Slices, cause: Cause, effects: Sequence[Effect]) -> None:
    """Settle what the cause makes follow, as `effects` say and as the parts say of each event that is derived."""
    generation = _settled(decided, slices, cause.position, effects)
    if not generation:
        return
    if cause.position < 0 and slices.facts.depth >= DEEPEST:
        decided.cut_off(generation)
        return
    begun = decided.size
    for number in range(GENERATIONS):
        following: list[Derive] = []
        for position, derive in enumerate(generation):
            if number > 0 and decided.size - begun >= FROM_ONE_CAUSE:
                decided.cut_off([*generation[position:], *following])
                return
            event = system_event(derive.name, cause.event, derive.properties, derive.at, derive.token)
            index = decided.derive(cause.position, derive)
            parts = order.met_by_derived(event, slices.facts)
            shown = [effect for part in parts for effect in slices.shown(part, event)]
            following += _settled(decided, slices, index, shown)
        generation = following
        if not generation:
            return
    decided.cut_off(generation)


def _settled(decided: Deciding, slices: Slices, index: int, effects: Sequence[Effect]) -> list[Derive]:
    """Note what the effects decide; return the events that follow."""
    following: list[Derive] = []
    for effect in effects:
        match effect:
            case Ask() if slices.facts.depth >= DEEPEST:
                decided.cut_off([effect])
            case Ask(campaign, channel):
                decided.ask(Request(campaign, channel, index))
            case Forward():
                decided.forwarded.append(index)
            case Registered(token):
                decided.registered.append(token)
            case Derive():
                following.append(effect)
    return following
