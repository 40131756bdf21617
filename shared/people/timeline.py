"""The timeline: a person's latest events in compressed chunks. The very latest may still stand in the item of the
profile: `shared.people.recent_events`.

If a batch is redelivered and cut at other places, its chunks overlap. Readers show each event once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.events import utc_text
from shared.people.timeline_rows import Row, packed
from shared.people.timeline_rows import unpacked as rows_in
from shared.times import UtcDatetime, from_microseconds

DIGEST = 8
"""Bytes."""


class TimelineEvent(BaseModel):
    """An event as the timeline keeps it, without its context."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: str
    name: str
    source: str
    occurred_at: UtcDatetime
    received_at: UtcDatetime
    properties: dict[str, Any] = {}


class Chunk(NamedTuple):
    """Some events of `person`. The same events always make the same `id`, and others another, which sorts by the latest
    arrival."""

    person: str
    id: str
    expires_at: int
    data: bytes


def chunk(person: str, rows: Sequence[Row], days: int, data: bytes | None = None) -> Chunk:
    """Pack events of the person; `data` are these packed, where that is done already. `expires_at` is epoch seconds,
    `days` after the latest arrival."""
    if data is None:
        data = packed(rows)
    latest = from_microseconds(max(one.received for one in rows))
    return Chunk(
        person=person,
        id=f"{utc_text(latest)}#{blake2b(data, digest_size=DIGEST).hexdigest()}",
        expires_at=int(latest.timestamp()) + days * 86_400,
        data=data,
    )


def latest_of(events: Iterable[TimelineEvent], limit: int) -> list[TimelineEvent]:
    """The latest so many, each once, oldest first: where a batch comes again, the same events may be in two chunks."""
    once = {(one.source, one.id, one.name): one for one in events}
    return sorted(once.values(), key=lambda one: (one.occurred_at, one.received_at))[-limit:]


def kept(data: bytes, expires_at: int, at: datetime) -> list[TimelineEvent]:
    """The events of a chunk that arrived no longer ago than they are kept. It expires with the latest of them."""
    events = unpacked(data)
    if not events:
        return []
    time_kept = expires_at - int(max(one.received_at for one in events).timestamp())
    return [one for one in events if one.received_at.timestamp() + time_kept > at.timestamp()]


def unpacked(data: bytes) -> list[TimelineEvent]:
    return [event(one) for one in rows_in(data)]


def event(row: Row) -> TimelineEvent:
    return TimelineEvent(
        id=row.id,
        type=row.type,
        name=row.name,
        source=row.source,
        occurred_at=from_microseconds(row.occurred),
        received_at=from_microseconds(row.received),
        properties=row.properties,
    )
