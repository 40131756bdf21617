"""What a line of an export says, or why it says nothing."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import orjson


@dataclass(frozen=True)
class Reading:
    """What the reader of a file is given: the time of those that have none, the zone of those without an offset, and
    the name of events whose file does not say it."""

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
    found = _json(text)
    return found if isinstance(found, dict) else None


def json_list(text: str) -> list[Any] | None:
    """None when the text is no JSON list."""
    found = _json(text)
    return found if isinstance(found, list) else None


def written(document: Any) -> bytes:
    """As JSON, with integers of any length and halves of characters as they came: collect knows how to read them."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, separators=(",", ":")).encode()


def _json(text: str) -> Any:
    """None when it is none. The standard library keeps the digits of long integers, and reads halves of characters."""
    try:
        return json.loads(text, parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _refused(word: str) -> NoReturn:
    raise ValueError(f"JSON has no {word}")


def _finite(text: str) -> float:
    found = float(text)
    return found if math.isfinite(found) else _refused(text)


NO_OBJECT = "the line is not a JSON object"
