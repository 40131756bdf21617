"""From what a protocol found in an item to the canonical event.

A protocol calls `event` once per item, with values as they came. The fields of the answer are those of
`shared.events.Event` that are the event's own; what a record's events share is written once per record.
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.arrival import Arrival, put_times
from functions.collect.adapter.ids import is_of_an_id, person_id, previous_person, text_id, usable_ids
from shared.events import CLIENT_TYPES
from shared.plan.errors import json_type
from shared.plan.reasons import Code, Observation, Reason
from shared.text.visible_text import trimmed

LONGEST_NAME = 200
"""Characters. Profiles count events by name, within a budget."""

Fields = dict[str, Any]
Item = tuple[Fields, list[Reason]]
"""An event's own fields, and what is wrong with them. With reasons the fields may be incomplete."""

OBSERVED = "observed"
"""In an item's fields until it is judged: what was observed of it. It is accepted all the same."""

NOT_AN_OBJECT: Item = ({}, [Reason(Code.MALFORMED, "", "an event must be a JSON object")])


def event(
    arrival: Arrival,
    type_: object,
    name: object,
    *,
    id_: object = None,
    user_id: object = None,
    anonymous_id: object = None,
    previous_id: object = None,
    properties: object = None,
    traits: object = None,
    context: object = None,
    session_id: object = None,
    timestamp: object = None,
    other_ids: dict[str, object] | None = None,
    trait_changes: dict[str, dict[str, Any]] | None = None,
) -> Item:
    """None, or nothing, is what a protocol did not find.

    `timestamp` is ISO 8601 text, a datetime, or a number since 1970 whose unit shows in its size (`epoch.moment` reads
    one whose unit the format says). `other_ids` are values by kind, `trait_changes` what `shared.events.Event` says of
    them.
    """
    reasons: list[Reason] = []
    if id_:
        id_ = text_id("id", id_, reasons)
    made: Fields = {"id": id_ or arrival.new_id(), "type": type_, "name": name}
    if (
        type_.__class__ is not str
        or type_ not in CLIENT_TYPES
        or name.__class__ is not str
        or not name
        or len(name) > LONGEST_NAME
        or not (name[0].isalnum() or trimmed(name))
    ):
        from functions.collect.adapter import refusals  # most requests have no such item

        reasons.append(refusals.of_type_or_name(type_, name, LONGEST_NAME))
    user = person_id("user_id", user_id, reasons)
    if user is not None:
        made["user_id"] = user
    anonymous = person_id("anonymous_id", anonymous_id, reasons)
    if other_ids and (usable := usable_ids(other_ids, reasons)):
        made["other_ids"] = usable
    if anonymous is not None:
        made["anonymous_id"] = anonymous
    elif user is None and "other_ids" not in made and not any(map(is_of_an_id, reasons)):
        from functions.collect.adapter import refusals

        reasons.append(refusals.of_nobody(user_id, anonymous_id, other_ids or {}))
    if (previous_id is not None or type_ == "alias") and (previous := previous_person(previous_id, reasons)):
        made["previous_id"] = previous
    if properties is not None:
        made["properties"] = (
            properties if properties.__class__ is dict else _object("properties", properties, reasons)
        )
    if traits is not None:
        made["traits"] = _object("traits", traits, reasons)
    if context is not None:
        made["context"] = context if context.__class__ is dict else _object("context", context, reasons)
    if trait_changes:
        made["trait_changes"] = trait_changes
        for word, changes in trait_changes.items():
            if changes.__class__ is not dict:
                reasons.append(_no_object(f"trait_changes.{word}", changes))
    if session_id is not None and (session := text_id("session_id", session_id, reasons)) is not None:
        made["session_id"] = session
    if timestamp:
        put_times(timestamp, arrival, made, reasons)
    else:
        made["occurred_at"] = arrival.received_at
    return made, reasons


def _object(part: str, value: object, reasons: list[Reason]) -> Fields:
    if isinstance(value, dict):
        return value
    if value == []:  # how PHP writes an empty object
        return {}
    reasons.append(_no_object(part, value))
    return {}


def _no_object(part: str, value: object) -> Reason:
    return Reason(Code.MALFORMED, part, f"{part} must be an object, {json_type(value)} came")


def type_word(said: object) -> object:
    """A word of a format's closed list, such as the type of an event: read whatever its case. What is no text comes
    back as it is."""
    return said.strip().lower() if isinstance(said, str) else said


def observe(item: Item, observation: Observation) -> None:
    """Note of an item that is accepted what was wrong with it all the same."""
    item[0].setdefault(OBSERVED, set()).add(observation)
