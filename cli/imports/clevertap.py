"""CleverTap's exports of events and of profiles, as records of its own upload API.

An event file begins with the event's name; then each line has `profile`, `ts` (14 digits, year to second) and
`eventProps`. A profile's line has what its API returns of one: `identity`, `name`, `email`, `phone`, `profileData`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cli.imports.lines import Line, not_blank
from cli.imports.row import NO_OBJECT, Reading, Row, Unreadable, json_object

TIME = "%Y%m%d%H%M%S"

PERSONAL = {"name": "Name", "email": "Email", "phone": "Phone"}
"""What stands beside `profileData` in an export, and inside of it in an upload."""

IDS = ("identity", "objectId")
"""A record names its person by one of them."""


def is_like_events(first: list[str], _path: Path) -> bool:
    return any("eventProps" in found for found in map(json_object, first[:2]) if found)


def is_like_profiles(first: list[str], _path: Path) -> bool:
    found = json_object(first[0]) if first else None
    return found is not None and bool({"profileData", "profile"} & found.keys())


def events(lines: Iterator[Line], reading: Reading) -> Iterator[Row | Unreadable]:
    lines = not_blank(lines)
    first = next(lines, None)
    if first is None:
        return
    name = reading.event
    if json_object(first.text) is None:
        name = name or first.text.strip().strip('"')
    else:
        lines = chain([first], lines)
    for line in lines:
        found = json_object(line.text)
        if found is None:
            yield Unreadable(line.number, NO_OBJECT)
        elif name is None:
            yield Unreadable(line.number, "the file does not name its event: add --event NAME")
        else:
            yield _event(line.number, name, found, reading.zone)


def _event(number: int, name: str, found: dict[str, Any], zone: ZoneInfo) -> Row | Unreadable:
    at = _epoch(found.get("ts"), zone)
    if at is None:
        return Unreadable(number, "ts must be 14 digits, from the year to the second")
    person = found.get("profile")
    record = {"type": "event", "evtName": name, "ts": at, "evtData": found.get("eventProps") or {}}
    return Row(number, {**_named(person if isinstance(person, dict) else {}), **record})


def profiles(lines: Iterator[Line], reading: Reading) -> Iterator[Row | Unreadable]:
    """They have no time: it is that of the import's beginning."""
    for line in not_blank(lines):
        found = json_object(line.text)
        if found is None:
            yield Unreadable(line.number, NO_OBJECT)
            continue
        inner = found.get("profile")
        person = {**found, **inner} if isinstance(inner, dict) else found
        data = person.get("profileData")
        personal = {into: person[name] for name, into in PERSONAL.items() if person.get(name)}
        record = {
            "type": "profile",
            "ts": int(reading.began_at.timestamp()),
            "profileData": {**(data if isinstance(data, dict) else {}), **personal},
        }
        yield Row(line.number, {**_named(person), **record})


def request(rows: list[Row], _write_key: str) -> tuple[str, Any]:
    return "/1/upload", {"d": [row.document for row in rows]}


def _named(person: Mapping[str, Any]) -> dict[str, Any]:
    return next(({name: person[name]} for name in IDS if person.get(name)), {})


def _epoch(value: object, zone: ZoneInfo) -> int | None:
    """Seconds. Every number of an export may be text."""
    try:
        return int(datetime.strptime(str(value), TIME).replace(tzinfo=zone).timestamp())
    except ValueError:
        return None
