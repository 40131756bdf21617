"""The timeline: a person's latest events in compressed chunks, one per batch of the stream.

If a batch is redelivered and cut at other places, its chunks overlap. Readers show each event once.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict

from shared.events import Event, derived_id, utc_text
from shared.times import UtcDatetime


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
    """Some events of `person`. The same records always make the same `id`, which sorts by arrival."""

    person: str
    id: str
    expires_at: int
    data: bytes


def chunk(person: str, records: Sequence[str], events: Sequence[Event], days: int) -> Chunk:
    """Pack the events of the person's `records`, each identified by its place on the stream.

    `expires_at` is epoch seconds, `days` after the first arrival.
    """
    arrived = events[0].received_at
    rows = [
        {
            "id": event.id, "type": event.type, "name": event.name, "source": event.source,
            "occurred_at": event.occurred_at, "received_at": event.received_at,
            "properties": event.properties,
        }
        for event in events
    ]  # fmt: skip
    return Chunk(
        person=person,
        id=f"{utc_text(arrived)}#{derived_id(*records)[:16]}",
        expires_at=int(arrived.timestamp()) + days * 86_400,
        data=zlib.compress(orjson.dumps(rows, option=orjson.OPT_UTC_Z), 6),
    )


def unpacked(data: bytes) -> list[TimelineEvent]:
    return [TimelineEvent.model_validate(row) for row in orjson.loads(zlib.decompress(data))]
