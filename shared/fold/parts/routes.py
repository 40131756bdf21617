"""Routes: an event whose definition says `forward` goes on the bus, for the rules an operator adds."""

from __future__ import annotations

from shared.events import Event
from shared.fold.effects import Effect, Facts, Forward, Nothing

name = "routes"
budget = 0
reads: tuple[str, ...] = ()


def concerns(event: Event, facts: Facts) -> bool:
    return event.name in facts.workspace.definition_by_id


def apply(state: Nothing, event: Event, facts: Facts) -> tuple[Nothing, list[Effect]]:
    definition = facts.workspace.definition_by_id.get(event.name)
    return state, [Forward()] if definition is not None and definition.forward else []


def merge(one: Nothing, other: Nothing) -> Nothing:
    return one


def explain(state: Nothing) -> str:
    return "decided for each event"
