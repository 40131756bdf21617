"""Translate pydantic-core's errors to reasons: one per property, with a sentence that names the field and the rule.

A sentence says what was expected and which JSON type came. It never has the value, because that may be personal data
and reasons are stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import orjson
from pydantic_core import ValidationError

from shared.plan.property_types import NOUNS
from shared.plan.reasons import Code, Reason
from shared.text.surrogates import questioned
from shared.workspace.collecting import EventDefinition, PropertyDefinition

MOST = 10
"""Reasons given per event: enough to mend it, and an answer that stays small whatever was sent."""

OUT_OF_BOUNDS = frozenset({"greater_than_equal", "less_than_equal", "literal_error"})
"""Errors that say: the right type, and a value the definition does not allow."""

JSON_TYPES: Mapping[type, str] = {
    str: "a string", int: "an integer", float: "a number", bool: "a boolean", list: "a list", dict: "an object",
    type(None): "null",
}  # fmt: skip


def reasons_in(
    error: ValidationError, definition: EventDefinition, properties: Mapping[str, Any]
) -> list[Reason]:
    """At most `MOST` reasons. A property has one, though a value of no accepted type fails several attempts."""
    kinds: dict[str, set[str]] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        if not detail["loc"]:  # a name with half a surrogate pair: pydantic cannot read it
            return [Reason(Code.MALFORMED, "properties", "a property's name cannot be written as JSON")]
        kinds.setdefault(str(detail["loc"][0]), set()).add(detail["type"])
        if len(kinds) > MOST:
            break
    return [_reason(name, of_name, definition, properties) for name, of_name in list(kinds.items())[:MOST]]


def unwritable(part: str, values: Mapping[str, Any]) -> list[Reason]:
    """A reason for each value and name that cannot be written as JSON; at most `MOST`."""
    fields = (f"{part}.{shown(name)}" for name, value in values.items() if not _is_json({name: value}))
    return [
        Reason(Code.MALFORMED, field, f"{field} cannot be written as JSON") for field in islice(fields, MOST)
    ]


def _is_json(value: object) -> bool:
    try:
        orjson.dumps([[value]])
    except TypeError:  # half of a character, a number that JSON has not, nested deeper than orjson writes
        return False
    return True


def _reason(name: str, kinds: set[str], definition: EventDefinition, properties: Mapping[str, Any]) -> Reason:
    field = f"properties.{shown(name)}"
    wanted = definition.properties.get(name)
    if "malformed" in kinds:
        return Reason(Code.MALFORMED, field, f"{field} cannot be written as JSON")
    if wanted is None:
        return Reason(
            Code.UNKNOWN_PROPERTY,
            field,
            f"{definition.id} has no property {shown(name)} in the tracking plan",
        )
    value = properties.get(name)
    if value is None:
        absence = "is missing" if name not in properties else "is null"
        return Reason(Code.MISSING_PROPERTY, field, f"{field} is required for {definition.id} and {absence}")
    sentence = f"{field} must be {rule(wanted)}"
    if kinds & OUT_OF_BOUNDS or ("string_pattern_mismatch" in kinds and wanted.type == "string"):
        return Reason(Code.VALUE_NOT_ALLOWED, field, sentence)
    return Reason(Code.WRONG_TYPE, field, f"{sentence}; {json_type(value)} came")


def json_type(value: object) -> str:
    """The JSON type of a value. A parser may also read values that JSON does not have, like NaN."""
    return JSON_TYPES.get(type(value), "something that is not JSON")


def rule(wanted: PropertyDefinition) -> str:
    """The definition's rule for a value, in words."""
    words = [NOUNS[wanted.type]]
    if wanted.minimum is not None:
        words.append(f"at least {wanted.minimum:g}")
    if wanted.maximum is not None:
        words.append(f"at most {wanted.maximum:g}")
    if wanted.pattern is not None:
        words.append(f"matching {shown(wanted.pattern)}")
    if wanted.allowed is not None:
        listed = ", ".join(shown(str(value)) for value in wanted.allowed[:MOST])
        words.append(f"one of {listed}" + (", …" if len(wanted.allowed) > MOST else ""))
    return ", ".join(words)


def shown(text: str) -> str:
    """A client's text for a sentence: at most 60 characters, with lone surrogates replaced."""
    short = text if len(text) <= 60 else text[:59] + "…"
    return questioned(short)
