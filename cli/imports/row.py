"""What a line of an export says, or why it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson


@dataclass(frozen=True)
class Reading:
    """What the reader of a file is told: the time of those that have none, the zone of those without an offset, and the
    name of events whose file does not say it."""

    began_at: datetime
    zone: ZoneInfo
    event: str | None


@dataclass(frozen=True)
class Row:
    """`document` is the line as the protocol's own item; `key` tells rows apart that one request cannot hold twice."""

    number: int
    document: dict[str, Any]
    key: str | None = None


@dataclass(frozen=True)
class Unreadable:
    """A line that nothing can be made of: never sent, reported with its number."""

    number: int
    why: str


def json_object(text: str) -> dict[str, Any] | None:
    """None when the text is no JSON object."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def json_list(text: str) -> list[Any] | None:
    """None when the text is no JSON list."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, list) else None


NO_OBJECT = "the line is no JSON object"
