"""A row of the lake from an event: flat, and typed as `shared.lake.schema` says.

One value of a wrong type sends its whole Firehose batch to `errors/`. So whatever a client sent, a column gets text, a
finite number, a time that Parquet can hold, or null.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson

from shared.bus_entries import ArchiveRow
from shared.events import Event
from shared.text.numbers import finite
from shared.text.surrogates import has_lone_surrogates, repaired

Row = dict[str, Any]

PURCHASES = frozenset({"Complete Purchase", "Complete Payment", "Order Completed"})
"""Events whose `total` or `amount` is revenue. Other events have revenue only in `revenue`."""


def row(archived: ArchiveRow) -> Row:
    """The row, with every column of `lake_schema.COLUMNS`; those without a value are None."""
    event = archived.event
    context = event.context
    device, system, app = _part(context, "device"), _part(context, "os"), _part(context, "app")
    library, location = _part(context, "library"), _part(context, "location")
    page, campaign = _page(event), _part(context, "campaign")
    flat = {
        "event_id": event.id,
        "type": event.type,
        "name": event.name,
        "source": event.source,
        "protocol": event.protocol,
        "person": archived.person,
        "user_id": event.user_id,
        "anonymous_id": event.anonymous_id,
        "previous_id": event.previous_id,
        "session_id": event.session_id,
        "occurred_at": time_text(event.occurred_at),
        "original_timestamp": time_text(event.original_timestamp),
        "sent_at": time_text(event.sent_at),
        "received_at": time_text(event.received_at),
        "device_id": device.get("id"),
        "device_type": device.get("type"),
        "device_manufacturer": device.get("manufacturer"),
        "device_model": device.get("model"),
        "os_name": system.get("name"),
        "os_version": system.get("version"),
        "app_name": app.get("name"),
        "app_version": app.get("version"),
        "app_build": app.get("build"),
        "library_name": library.get("name"),
        "library_version": library.get("version"),
        "locale": context.get("locale"),
        "timezone": context.get("timezone"),
        "country": location.get("country"),
        "city": location.get("city"),
        "page_url": page.get("url"),
        "page_path": page.get("path"),
        "page_title": page.get("title"),
        "page_referrer": page.get("referrer"),
        "campaign_name": campaign.get("name"),
        "campaign_source": campaign.get("source"),
        "campaign_medium": campaign.get("medium"),
        "campaign_term": campaign.get("term"),
        "campaign_content": campaign.get("content"),
        "currency": event.properties.get("currency"),
        "partition_key": archived.key,
        "sequence_number": archived.sequence,
    }
    return {column: text(value) for column, value in flat.items()} | {
        "revenue": revenue(event),
        "properties": {
            _sound(name): kept
            for name, value in event.properties.items()
            if (kept := text(value)) is not None
        },
        "ordinal": archived.ordinal,
    }


def line(archived: ArchiveRow) -> bytes:
    """The row as one line of JSON, without its nulls, ended by a newline."""
    present = {column: value for column, value in row(archived).items() if value is not None}
    return orjson.dumps(present, option=orjson.OPT_APPEND_NEWLINE)


def text(value: object) -> str | None:
    """A value as text for the lake: text unchanged, anything else as JSON (`true`, `1500`, `["a"]`), and null as
    None."""
    if value is None:
        return None
    if isinstance(value, str):
        return _sound(value)
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits, or half of a surrogate pair
        return json.dumps(value, default=str)


def time_text(at: datetime | None) -> str | None:
    """`2026-11-21 18:10:00.123`, UTC; None if there is no such time (year 1 or 9999 with an offset)."""
    if at is None:
        return None
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        return None
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")


def revenue(event: Event) -> float | None:
    """The event's revenue: `revenue`, or for a purchase its `total` or `amount`. Currencies are not converted."""
    named = ("revenue", "total", "amount") if event.name in PURCHASES else ("revenue",)
    for name in named:
        if (found := finite(event.properties.get(name))) is not None:
            return found
    return None


def _part(context: dict[str, Any], name: str) -> dict[str, Any]:
    value = context.get(name)
    return value if isinstance(value, dict) else {}


def _page(event: Event) -> dict[str, Any]:
    """`context.page`, or for a page event also its properties."""
    page = _part(event.context, "page")
    return {**event.properties, **page} if event.type == "page" else page


def _sound(value: str) -> str:
    """The text without characters that UTF-8 or Parquet readers refuse: halves of surrogate pairs, and the null
    character."""
    sound = repaired(value) if has_lone_surrogates(value) else value
    return sound.replace("\x00", "")
