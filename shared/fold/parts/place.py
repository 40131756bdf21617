"""Place: the person's time zone, locale and country, as their devices said them last, each with the time it was said.

The latest event that says one counts, by when it happened; one from a clock that runs ahead of ours, by when it came.
The trait `timezone` is what somebody said on purpose: it is not copied here, and whoever wants to know a person's zone
asks it first, then this slice, then the workspace. Names of zones are kept as they came, for the database of zones is
the reader's: one that is not in it counts as none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.effects import Effect, Facts
from shared.text.visible_text import trimmed

name = "place"
reads: tuple[str, ...] = ()

ZONE = re.compile(r"[A-Za-z0-9_+\-/:. ]{1,40}")
"""A zone of the tz database has 32 characters at most; others, such as `GMT+03:00`, are kept to be shown."""

LOCALE = re.compile(r"[A-Za-z0-9_\-@.]{2,35}")
"""A BCP 47 tag, or the system's spelling of one: `de-DE`, `de_DE.UTF-8`. RFC 5646, 4.4.1, wants room for 35."""

COUNTRY_BYTES = 66
"""Of JSON: codes take four, the longest name of a country takes 46."""

FIELDS = ("timezone", "locale", "country")
CONTEXT = frozenset({"timezone", "locale", "location"})
"""What of an event's context says them."""

budget = 2 + len('["","",]') + 40 + 35 + COUNTRY_BYTES + 3 * packing.MICROSECONDS
"""172 bytes. Most people's take 55: `["Europe/Berlin","de-DE","DE"]`, its length, three times."""


class Said(NamedTuple):
    value: str
    at: datetime


class Place(NamedTuple):
    """Each field is `context.timezone`, `context.locale`, `context.location.country`."""

    timezone: Said | None = None
    locale: Said | None = None
    country: Said | None = None


EMPTY = Place()


def concerns(event: Event, facts: Facts) -> bool:
    return not event.context.keys().isdisjoint(CONTEXT)


def apply(state: Place, event: Event, facts: Facts) -> tuple[Place, list[Effect]]:
    if event.type == "system" or not event.context:
        return state, []
    context = event.context
    location = context.get("location")
    country = location.get("country") if isinstance(location, dict) else None
    at = max(packing.EARLIEST, event.happened_at)
    after = Place(
        _last(state.timezone, context.get("timezone"), at, _zone),
        _last(state.locale, context.get("locale"), at, _locale),
        _last(state.country, country, at, _country),
    )
    return after, []


def merge(one: Place, other: Place) -> Place:
    later = {field: _later(getattr(one, field), getattr(other, field)) for field in FIELDS}
    return Place(**later)


def encode(state: Place) -> bytes:
    said = [getattr(state, field) for field in FIELDS]
    texts = [one.value if one is not None else "" for one in said]
    return packing.written(texts, b"".join(packing.time(one.at if one is not None else None) for one in said))


def decode(data: bytes) -> Place:
    texts, numbers = packing.read(data)
    times = [packing.time_at(numbers, place * packing.MICROSECONDS) for place in range(len(FIELDS))]
    said = zip(FIELDS, texts, times, strict=True)
    return Place(**{field: Said(text, at) for field, text, at in said if at is not None})


def explain(state: Place) -> str:
    said = [one.value for one in (state.locale, state.country) if one is not None]
    if state.timezone is not None:
        zone = state.timezone.value
        said.insert(0, zone if is_zone(zone) else f"{zone} (no known time zone: it counts as none)")
    return ", ".join(said) or "not known"


def is_zone(zone: str) -> bool:
    """Whether the tz database of this machine has the zone. A machine that has none knows no better."""
    return _has_zone(zone) or not _has_zone("UTC")


def _has_zone(zone: str) -> bool:
    from zoneinfo import ZoneInfo  # only whoever shows a person needs it

    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _last(
    before: Said | None, value: object, at: datetime, cleaned: Callable[[object], str | None]
) -> Said | None:
    """What counts after a value was said at that time, or None. Most events say what is known already: that was
    cleaned."""
    if value is None:
        return before
    if before is not None:
        if at < before.at:
            return before
        if value == before.value:
            return Said(before.value, at)
    text = cleaned(value)
    return before if text is None else Said(text, at)


def _later(one: Said | None, other: Said | None) -> Said | None:
    if one is None or other is None:
        return one or other
    return other if other.at > one.at else one


def _zone(value: object) -> str | None:
    return _matching(ZONE, value)


def _locale(value: object) -> str | None:
    return _matching(LOCALE, value)


def _matching(pattern: re.Pattern[str], value: object) -> str | None:
    text = trimmed(value) if isinstance(value, str) else ""
    return text if pattern.fullmatch(text) else None


def _country(value: object) -> str | None:
    text = trimmed(value) if isinstance(value, str) else ""
    return text if text and len(text) <= COUNTRY_BYTES and _bytes(text) <= COUNTRY_BYTES else None


def _bytes(text: str) -> int:
    return len(orjson.dumps(text))
