"""How deep JSON is nested: what a profile keeps must be read again, and pydantic reads no more than 200 levels."""

from __future__ import annotations

import re

DEEPEST = 100
"""Levels of an event with traits."""

_BRACKETS_OR_STRING = re.compile(rb'[\[{\]}]|"(?:[^"\\]|\\.)*"')


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
