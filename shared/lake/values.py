"""Convert Athena's results, which are text with a type, to Python values. Times are in UTC."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

INTEGERS = frozenset({"tinyint", "smallint", "integer", "int", "bigint"})
FLOATS = frozenset({"float", "real", "double"})


def value(athena_type: str, text: str | None) -> object:
    """The value of `text`; null is None. Arrays, maps and rows stay text, because Athena's text for them is
    ambiguous."""
    if text is None:
        return None
    if athena_type == "boolean":
        return text == "true"
    if athena_type in INTEGERS:
        return int(text)
    if athena_type in FLOATS:
        return float(text)
    if athena_type == "decimal":
        return Decimal(text)
    if athena_type == "date":
        return date.fromisoformat(text)
    if athena_type.startswith("timestamp"):
        return moment(text)
    if athena_type == "json":
        return json.loads(text)
    return text


def moment(text: str) -> datetime:
    """The time in a text like `2026-11-21 18:10:00.123`, which may have an offset, or a zone's name after a space."""
    at, zone = text, None
    if text.count(" ") > 1:
        at, _, zone = text.rpartition(" ")
    parsed = datetime.fromisoformat(at)
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    return parsed.astimezone(UTC)
