"""Rows for the archive, with whatever a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.bus_entries import ArchiveRow
from shared.events import Event

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def archived(
    event_id: str = "e1",
    *,
    person: str = "user:u1",
    key: str = "user:u1",
    sequence: str = "1",
    ordinal: int = 0,
    **event: Any,
) -> ArchiveRow:
    """One row; `event` are fields of the event, which happened and arrived at noon unless they say otherwise."""
    fields = {
        "type": "track",
        "name": "Add To Cart",
        "user_id": "u1",
        "source": "shop",
        "protocol": "headrace",
        "occurred_at": NOON,
        "received_at": NOON,
    }
    made = Event.model_validate({**fields, **event, "id": event_id})
    return ArchiveRow(event=made, person=person, key=key, sequence=sequence, ordinal=ordinal)
