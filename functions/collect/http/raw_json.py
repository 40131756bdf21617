"""What a client sent, written as JSON again as far as JSON can say it: kept with rejected events, quoted in answers.

orjson writes neither lone surrogates nor more than 254 levels; the standard library writes both, up to about a thousand
levels. A client may send more, in what nothing here looks at.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import orjson

from functions.collect.http.body import NotJson
from shared.events import utc_text


class _Text(str):
    """JSON already, between the values that are still to be written."""

    __slots__ = ()


def written(value: object, *, for_any_reader: bool = False) -> bytes:
    """As it came: a number that JSON has not is `NaN` or `Infinity`, which a replay reads as it was read before.

    For any reader such a number is the text "NaN", and lone surrogates are question marks.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        pass
    encoder = json.JSONEncoder(
        ensure_ascii=not for_any_reader, default=_in_words if for_any_reader else _as_it_came
    )
    try:
        text = encoder.encode(value)
    except RecursionError:
        text = _without_recursion(value, encoder)
    return text.encode("utf-8", "replace")


def _as_it_came(value: object) -> str | float:
    return value.number if isinstance(value, NotJson) else _in_words(value)


def _in_words(value: object) -> str:
    if isinstance(value, NotJson):
        return "NaN"
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _without_recursion(value: Any, encoder: json.JSONEncoder) -> str:
    parts: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _Text):
            parts.append(one)
        elif isinstance(one, dict):
            inside = [[_Text(f"{encoder.encode(name)}: "), inner] for name, inner in one.items()]
            waiting += _backwards("{", inside, "}")
        elif isinstance(one, list):
            waiting += _backwards("[", [[inner] for inner in one], "]")
        else:
            parts.append(encoder.encode(one))
    return "".join(parts)


def _backwards(opening: str, inside: list[list[Any]], closing: str) -> list[Any]:
    """What is taken from the end of a list, first things last."""
    found: list[Any] = [_Text(opening)]
    for at, values in enumerate(inside):
        found += [_Text(", "), *values] if at else values
    found.append(_Text(closing))
    found.reverse()
    return found
