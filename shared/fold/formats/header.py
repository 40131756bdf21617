"""The header of a stored profile: the profile's own times; of each slice its part's name, its length, and when its part
wants to be woken.

Three zero bytes; the names that are not in NAMES, as JSON; then numbers. Column by column, as most headers are much
alike so. Until 2026-11-30 a header was JSON, behind its length, which is never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson

from shared.fold import packing
from shared.times import from_microseconds, microseconds

NAMES = (
    "volume", "identities", "traits", "consents", "devices", "counters", "sessions", "utm", "place", "app_versions",
    "campaigns", "routes", "trust", "probes", "#marks", "#outbox", "#absorbed", "duplicates", "#new",
)  # fmt: skip
"""Names that are stored as their place here, from 1. More may be added at the end, one release before a part of that
name is stored, for a version cannot read a place that it does not know; nothing else may be changed."""

OTHER = 0
"""In place of a name that is written out."""

DUE = 1 << 7
"""In a name's byte: its part wants to be woken."""

JSON_LENGTH, NAMES_LENGTH, COUNT, TIME = 3, 2, 2, 8
"""Bytes. A time is in microseconds since 1970. The length of the names is as `packing.written` writes it."""

NEVER = -(1 << 63)

Times = tuple[datetime | None, datetime | None, datetime | None]
"""When the person was first seen, when the item wants attention, the person's logical time."""


class Row(NamedTuple):
    name: str
    length: int
    due: datetime | None


def written(times: Times, rows: Sequence[Row]) -> bytes:
    """Raises OverflowError for 65,536 rows, and for other names of 64 KB: an item holds neither."""
    names = [PLACES.get(row.name, OTHER) | (DUE if row.due is not None else 0) for row in rows]
    numbers = (
        *map(_time, times),
        len(rows).to_bytes(COUNT, "little"),
        bytes(names),
        packing.column([row.length for row in rows]),
        *(_time(row.due) for row in rows if row.due is not None),
    )
    others = [row.name for row in rows if row.name not in PLACES]
    return bytes(JSON_LENGTH) + packing.written(others, b"".join(numbers))


def read(data: bytes, start: int) -> tuple[Times, list[Row], int]:
    """What is said from `start` on, and where it ends. Raises ValueError when it is damaged, or of newer code."""
    try:
        times, rows, end = _read(data, start)
    except (IndexError, StopIteration, OverflowError, TypeError) as error:
        raise ValueError("the header of a profile is damaged, or of newer code") from error
    if end > len(data):
        raise ValueError("a profile ends within its header")
    return times, rows, end


def _read(data: bytes, start: int) -> tuple[Times, list[Row], int]:
    json_length = packing.number_at(data, start, JSON_LENGTH)
    start += JSON_LENGTH
    if json_length:
        return _read_json(data[start : start + json_length], start + json_length)
    end = start + NAMES_LENGTH + packing.number_at(data, start, NAMES_LENGTH)
    others = iter(orjson.loads(data[start + NAMES_LENGTH : end]))
    start = end
    times = (_time_at(data, start), _time_at(data, start + TIME), _time_at(data, start + 2 * TIME))
    start += 3 * TIME
    count = packing.number_at(data, start, COUNT)
    names = data[start + COUNT : start + COUNT + count]
    lengths, start = packing.column_at(data, start + COUNT + count, count)
    rows: list[Row] = []
    for name, length in zip(names, lengths, strict=True):
        place, due = name & ~DUE, None
        if name & DUE:
            due = _time_at(data, start)
            start += TIME
        rows.append(Row(next(others) if place == OTHER else NAMES[place - 1], length, due))
    return times, rows, start


def _read_json(data: bytes, end: int) -> tuple[Times, list[Row], int]:
    created_at, due_at, clock, rows = orjson.loads(data)
    found = [Row(name, length, _of_json(due)) for name, length, due in rows]
    return (_of_json(created_at), _of_json(due_at), _of_json(clock)), found, end


def _of_json(since_1970: int | None) -> datetime | None:
    return from_microseconds(since_1970) if since_1970 is not None else None


def _time(at: datetime | None) -> bytes:
    return (microseconds(at) if at is not None else NEVER).to_bytes(TIME, "little", signed=True)


def _time_at(data: bytes, start: int) -> datetime | None:
    since_1970 = int.from_bytes(data[start : start + TIME], "little", signed=True)
    return from_microseconds(since_1970) if since_1970 != NEVER else None


PLACES = {name: place for place, name in enumerate(NAMES, 1)}
