"""Traits: what is known about the person, as their events say it. null removes one; 8 KB is the limit.

Of two words on a trait the one said last counts, by the events' times, whichever is folded first. So each trait keeps
its time, and one that was removed does as well; where they would take too much, the oldest times are forgotten, and a
trait without one counts as said before any other. A change (`shared.fold.trait_changes`) is no word of its own:
it is applied when it comes, unless something was said on the trait after it.

A browser that does not prove who is speaking keeps no time where it may not change what is known: with an address, and
with everything if it names its person by other ids only. When two people become one, its word only fills gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from shared.events import TELLS_OF_THE_PERSON, Event
from shared.fold import packing
from shared.fold.effects import Effect, Facts, Refuse
from shared.fold.trait_changes import changed
from shared.plan.reasons import Code, Reason
from shared.text.counting import number_of
from shared.times import milliseconds

name = "traits"
budget = 9_260
reads: tuple[str, ...] = ()

LARGEST, TIMES = 8 * 1024, 885
"""Bytes: the traits that a person may have, as JSON, and the times that are kept of them, about 150."""

NOT_TRAITS = ("consents",)
"""Said among the traits, kept by another part."""

ADDRESSES = ("email", "phone")

NEVER = -1
"""Before any time that is kept."""


@dataclass(frozen=True, slots=True)
class Traits:
    """`times`: when each trait was said or removed, in milliseconds since 1970."""

    values: dict[str, Any] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)


EMPTY = Traits()


def concerns(event: Event, facts: Facts) -> bool:
    return bool(event.traits or event.trait_changes)


def apply(state: Traits, event: Event, facts: Facts) -> tuple[Traits, list[Effect]]:
    if not (event.traits or event.trait_changes) or event.type not in TELLS_OF_THE_PERSON:
        return state, []
    at = max(0, milliseconds(event.happened_at))
    values, times = dict(state.values), dict(state.times)
    for trait, value in event.traits.items():
        if trait in NOT_TRAITS or at < times.get(trait, NEVER):
            continue
        _put(values, trait, value)
        _put(times, trait, at if _may_change(trait, event, facts) else None)
    if event.trait_changes:
        after = changed(values, _still_to_make(event, at, times), NOT_TRAITS)
        if isinstance(after, Reason):
            return state, [Refuse(after)]
        values = after
    if _bytes(values) > LARGEST:
        message = f"the person's traits would take {_bytes(values)} bytes; {LARGEST} is the limit"
        return state, [Refuse(Reason(Code.TOO_LARGE, "traits", message))]
    return Traits(values, _latest(times, values)), []


def merge(one: Traits, other: Traits) -> Traits:
    """The word said last on each trait. Where no time says which that is, the person who stays keeps their own; what
    the other one had fills the gaps, as far as it fits."""
    values, times = dict(one.values), dict(one.times)
    for trait in {**other.values, **other.times}:
        value, at = other.values.get(trait), other.times.get(trait, NEVER)
        is_known = trait in values or trait in times
        if is_known and at <= times.get(trait, NEVER):
            continue
        if value is None or _bytes({**values, trait: value}) <= LARGEST:
            _put(values, trait, value)
            _put(times, trait, at if at > NEVER else None)
    return Traits(values, _latest(times, values))


def encode(state: Traits) -> bytes:
    """The values, and the names of those removed whose times are kept; which of the values have times, a bit each; the
    times."""
    values, times = state.values, state.times
    removed = sorted(trait for trait in times if trait not in values)
    timed = sum(1 << place for place, trait in enumerate(values) if trait in times)
    kept = [times[trait] for trait in (*(trait for trait in values if trait in times), *removed)]
    numbers = [packing.number(at, packing.MILLISECONDS) for at in kept]
    bits = timed.to_bytes(-(-len(values) // 8), "little")
    return packing.written((values, removed), b"".join((bits, *numbers)))


def decode(data: bytes) -> Traits:
    (values, removed), numbers = packing.read(data)
    start = -(-len(values) // 8)
    timed = int.from_bytes(numbers[:start], "little")
    traits = [*(trait for place, trait in enumerate(values) if timed >> place & 1), *removed]
    width = packing.MILLISECONDS
    return Traits(
        values,
        {
            trait: packing.number_at(numbers, start + width * place, width)
            for place, trait in enumerate(traits)
        },
    )


def explain(state: Traits) -> str:
    return number_of(len(state.values), "trait")


def _may_change(trait: str, event: Event, facts: Facts) -> bool:
    """Whether the event's word on the trait may replace what is known: see `shared.fold.parts.trust`."""
    names_only_by_other_ids = event.user_id is None and event.anonymous_id is None
    return facts.proves(event) or not (trait in ADDRESSES or names_only_by_other_ids)


def _still_to_make(event: Event, at: int, times: dict[str, int]) -> dict[str, dict[str, Any]]:
    """The event's changes, but for those of traits on which something was said later."""
    return {
        word: {trait: said for trait, said in changes.items() if at >= times.get(trait, NEVER)}
        for word, changes in event.trait_changes.items()
    }


def _put(kept: dict[str, Any], trait: str, value: Any) -> None:
    """Keep the value under the trait; None is nothing."""
    if value is None:
        kept.pop(trait, None)
    else:
        kept[trait] = value


def _bytes(values: dict[str, Any]) -> int:
    return len(orjson.dumps({"values": values}))


def _latest(times: dict[str, int], values: dict[str, Any]) -> dict[str, int]:
    """The latest times, as many as there is room for: that of a trait which was removed keeps its name, too."""
    if len(times) * packing.MILLISECONDS <= TIMES and times.keys() <= values.keys():
        return times
    room, kept = TIMES, set()
    for trait in sorted(times, key=lambda trait: (times[trait], trait), reverse=True):
        room -= packing.MILLISECONDS + (0 if trait in values else len(orjson.dumps(trait)) + 1)
        if room < 0:
            break
        kept.add(trait)
    return times if len(kept) == len(times) else {trait: at for trait, at in times.items() if trait in kept}
