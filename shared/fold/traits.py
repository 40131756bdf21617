"""Traits: what is known about the person, as their events say it. null removes one; 8 KB is the limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from shared.events import TELLS_OF_THE_PERSON, Event
from shared.fold.effects import Effect, Facts, Refuse
from shared.fold.trait_changes import changed
from shared.reasons import Code, Reason

name = "traits"
budget = 8 * 1024
reads: tuple[str, ...] = ()

NOT_TRAITS = ("consents",)
"""Said among the traits, kept by another part."""


@dataclass(frozen=True, slots=True)
class Traits:
    values: dict[str, Any] = field(default_factory=dict)


def apply(state: Traits, event: Event, facts: Facts) -> tuple[Traits, list[Effect]]:
    if not (event.traits or event.trait_changes) or event.type not in TELLS_OF_THE_PERSON:
        return state, []
    said = {trait: value for trait, value in event.traits.items() if trait not in NOT_TRAITS}
    values = {trait: value for trait, value in {**state.values, **said}.items() if value is not None}
    if event.trait_changes:
        after = changed(values, event.trait_changes, NOT_TRAITS)
        if isinstance(after, Reason):
            return state, [Refuse(after)]
        values = after
    if _bytes(values) > budget:
        message = f"the person's traits would take {_bytes(values)} bytes; {budget} is the limit"
        return state, [Refuse(Reason(Code.TOO_LARGE, "traits", message))]
    return Traits(values), []


def merge(one: Traits, other: Traits) -> Traits:
    """The person who stays keeps their own; the other one's fill the gaps, as far as they fit."""
    values = dict(one.values)
    for trait, value in other.values.items():
        if trait not in values and _bytes({**values, trait: value}) <= budget:
            values[trait] = value
    return Traits(values)


def explain(state: Traits) -> str:
    return f"{len(state.values)} traits"


def _bytes(values: dict[str, Any]) -> int:
    return len(orjson.dumps({"values": values}))
