"""An event as the bytes that are stored, which is what counts as its size; and why it may not be stored so.

orjson writes 254 levels. What a profile keeps must be read again as well, and pydantic reads no more than 200.
"""

from __future__ import annotations

import re

import orjson

from functions.collect.adapter.event_builder import Fields
from functions.collect.http.body import JSON_OPTIONS, NotJson
from shared.plan.errors import unwritable
from shared.plan.reasons import Code, Reason

DEEPEST = 100
"""Levels of an event with traits."""

_BRACKETS_OR_STRING = re.compile(rb'[\[{\]}]|"(?:[^"\\]|\\.)*"')


def written(fields: Fields, most: int) -> tuple[bytes | None, list[Reason]]:
    """The fields as JSON; None with the reasons why not. Later stages put its parts into a list of objects, so it must
    pass inside of lists."""
    try:
        data = orjson.dumps([[fields]], option=JSON_OPTIONS)[2:-2]
    except TypeError as error:
        why = "a number in it is none of JSON's" if NotJson.__name__ in str(error) else str(error)
        reasons = [
            reason
            for part, values in fields.items()
            if isinstance(values, dict)
            for reason in unwritable(part, values)
        ]
        whole = Reason(Code.MALFORMED, "", f"the event cannot be written as JSON: {why}")
        return None, [reason._replace(message=f"{reason.message}: {why}") for reason in reasons] or [whole]
    if len(data) > most:
        return None, [too_large(len(data), most)]
    if ("traits" in fields or "trait_changes" in fields) and too_deep(data):
        return None, [Reason(Code.MALFORMED, "", "the event is nested too deep")]
    return data, []


def too_large(size: int, most: int) -> Reason:
    return Reason(Code.TOO_LARGE, "", f"the event takes {size} bytes; {most} is the limit")


def too_deep(data: bytes) -> bool:
    """Whether the JSON in `data` has more than `DEEPEST` levels. Most events have too few brackets to be looked at."""
    if data.count(b"{") + data.count(b"[") <= DEEPEST:
        return False
    depth = 0
    for match in _BRACKETS_OR_STRING.finditer(data):
        first = data[match.start()]
        if first in b"[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif first in b"]}":
            depth -= 1
    return False
