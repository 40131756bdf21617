"""Translate pydantic's errors about a value to sentences for YAML's authors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

import orjson

from shared.text.spelling import closest
from shared.workspace.model import PropertyType

SECRET_PLACES = frozenset({"accepts", "headers"})
"""Keys whose values are not shown: findings end up in logs."""

LONGEST_SHOWN = 60

SWITCHES = {
    "yes": "true", "on": "true", "y": "true", "true": "true",
    "no": "false", "off": "false", "n": "false", "false": "false",
}  # fmt: skip
"""Texts that mean true or false: YAML 1.1's words, and true and false in quotes or another case."""

OTHER_VALUES = {
    "public": "browser", "web": "browser", "website": "browser", "client": "browser", "frontend": "browser",
    "app": "browser", "mobile": "browser", "private": "server", "backend": "server", "secret": "server",
    "money": "number", "float": "number", "double": "number", "decimal": "number", "int": "integer",
    "long": "integer", "bool": "boolean", "str": "string", "text": "string", "timestamp": "datetime",
    "time": "datetime", "array": "list", "map": "object", "dict": "object", "json": "object",
    "mail": "email", "text_message": "sms", "http": "webhook", "notification": "push",
}  # fmt: skip
"""Values in other systems. They apply only where Headrace's value is allowed."""

BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class Said(NamedTuple):
    """A sentence to follow the place's name, and advice. `advice` is "" if the sentence already says it."""

    sentence: str
    advice: str = ""


def said(error: Mapping[str, Any], written: str | None = None) -> Said:
    """The sentence for one of `ValidationError.errors(include_url=False)`, with its input. `written` is the author's
    text."""
    is_secret = not SECRET_PLACES.isdisjoint(error["loc"])
    came, kind = error["input"], error["type"]
    shown = "what came" if is_secret else _shown(came)
    match kind:
        case "tuple_type" | "list_type":
            example = (
                "" if is_secret or isinstance(came, dict | list) or came is None else f": `[{_json(came)}]`"
            )
            if example and "allowed_prefixes" in error["loc"]:
                example = f': `["{_as_text(error["loc"], written or str(came))}"]`'
            return Said(f"should be a list{example}")
        case "dict_type" | "model_type" | "dataclass_type" if came is None:
            return Said("is empty", "Write its keys below it, indented; or leave it out.")
        case "dict_type" | "model_type" | "dataclass_type":
            return Said(f"should be a mapping, `key: value`, not {shown}", _as_mapping(error["loc"], came))
        case "bool_type":
            switch = SWITCHES.get(came.lower()) if isinstance(came, str) else None
            return Said(f"write {switch}, not {shown}" if switch else f"should be true or false, not {shown}")
        case "int_type" | "float_type" | "int_from_float":
            wanted = "a number" if kind == "float_type" else "a whole number"
            if isinstance(came, str) and NUMBER.fullmatch(came):
                return Said(f"write {came} without quotes: it is a number")
            return Said(f"should be {wanted}, not {shown}")
        case "string_type" if came is None:
            return Said("has no value", 'Write one, or `""` for an empty text.')
        case "string_type" if isinstance(came, bool | int | float):
            if is_secret:
                return Said("should be a text: write it in quotes")
            return Said(f'write "{_as_text(error["loc"], written or _json(came))}" in quotes: it is a text')
        case "string_type":
            return Said(f"should be a text, not {shown}")
        case "literal_error":
            return _one_of(str(error["ctx"]["expected"]), came, shown)
        case "string_too_short" if came == "":
            return Said("should not be empty")
        case _ if kind in BOUNDS:
            words, bound = BOUNDS[kind]
            return Said(f"should be {words} {error['ctx'][bound]:g}, not {shown}")
        case "string_pattern_mismatch" if "a-z0-9" in str(error["ctx"]["pattern"]):
            return Said(
                "an id has lowercase letters, digits, `-` and `_`, at most 64, and starts with a letter or digit"
            )
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return Said(message[0].lower() + message[1:] if message.startswith("Input should") else message)


def _as_text(loc: Sequence[Any], written: str) -> str:
    """The value as text; for a country's prefix, with a plus instead of zeros."""
    return f"+{written.lstrip('0')}" if "allowed_prefixes" in loc and written.isdigit() else written


def _as_mapping(loc: Sequence[Any], came: object) -> str:
    if isinstance(came, str) and came in get_args(PropertyType):
        return f"Write `{{type: {came}}}`."
    if isinstance(came, list):
        return (
            "Put the list below `all:` or `any:`."
            if loc and loc[-1] == "where"
            else "Write each below a name of its own, `name:`, without `- `."
        )
    return ""


def _one_of(expected: str, came: object, shown: str) -> Said:
    choices = [choice.strip("'") for choice in re.split(r", | or ", expected)]
    close = None
    if isinstance(came, str):
        usual = OTHER_VALUES.get(came.lower())
        close = usual if usual in choices else closest(came, choices)
    listed = ", ".join(choices[:-1]) + f" or {choices[-1]}" if len(choices) > 1 else "".join(choices)
    return Said(f"should be {listed}, not {shown}", f"Did you mean `{close}`?" if close else "")


def _shown(value: object) -> str:
    """Short, as the author wrote it; lists and mappings by what they are."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = value if isinstance(value, str) else _json(value)
    return f"`{text}`" if len(text) <= LONGEST_SHOWN else f"`{text[: LONGEST_SHOWN - 1]}…`"


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
