"""Why an item is no event: its type, its name, or that it names nobody. Loaded when the first such item comes."""

from __future__ import annotations

from shared import identity
from shared.events import CLIENT_TYPES, SYSTEM
from shared.plan.errors import json_type, shown
from shared.plan.reasons import Code, Reason
from shared.text.visible_text import trimmed


def of_type_or_name(type_: object, name: object, longest: int) -> Reason:
    """What is wrong with the type, or else with the name, of which one is wrong. A name has at most `longest`
    characters."""
    return _of_name(name, longest) if isinstance(type_, str) and type_ in CLIENT_TYPES else _of_type(type_)


def _of_type(type_: object) -> Reason:
    if type_ == SYSTEM:
        return Reason(Code.RESERVED_NAME, "type", "events of type system are Headrace's own")
    if type_ is None:
        return Reason(Code.MALFORMED, "type", "type is missing")
    came = shown(type_) if isinstance(type_, str) else json_type(type_)
    return Reason(
        Code.MALFORMED, "type", f"type must be one of {', '.join(sorted(CLIENT_TYPES))}; {came} came"
    )


def _of_name(name: object, longest: int) -> Reason:
    if name is None or name == "":
        return Reason(Code.MALFORMED, "name", "the event has no name")
    if isinstance(name, str):
        if not trimmed(name):
            return Reason(Code.MALFORMED, "name", "the event has no name that can be seen")
        return Reason(Code.MALFORMED, "name", f"the event's name is longer than {longest} characters")
    return Reason(Code.MALFORMED, "name", f"the event's name must be a string, {json_type(name)} came")


def of_nobody(user_id: object, anonymous_id: object, other_ids: dict[str, object]) -> Reason:
    """None of the values, as they came, is an id that names somebody."""
    given = [value for value in (user_id, anonymous_id, *other_ids.values()) if value is not None]
    phone = other_ids.get("phone")
    if len(given) == 1 and isinstance(phone, str) and not identity.is_placeholder(phone):
        sentence = "no phone number with its country, like +442079460958: user_id or anonymous_id is needed"
    elif given:
        sentence = (
            f"{shown(str(given[0]))!r} is a placeholder and names nobody: user_id or anonymous_id is needed"
        )
    else:
        sentence = "user_id or anonymous_id is needed"
    return Reason(Code.NO_IDENTITY, "user_id", sentence)
