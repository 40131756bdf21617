"""The timeline: a person's latest events in compressed chunks, one per batch of the stream.

If a batch is redelivered and cut at other places, its chunks overlap. Readers show each event once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict

from shared.events import Event, derived_id, utc_text
from shared.fold import packing
from shared.times import UtcDatetime, from_microseconds, microseconds

FORMAT = 2
"""The first byte of what a chunk holds. Until 2026-11-30 it was a bracket."""

UUID, UUID_TEXT = 16, 36
"""Bytes of a UUID, and characters of its usual spelling."""


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
    from shared.fold.formats.compression import TIMELINES, compressed  # not every function has the library

    return Chunk(
        person=person,
        id=f"{utc_text(arrived)}#{derived_id(*records)[:16]}",
        expires_at=int(arrived.timestamp()) + days * 86_400,
        data=compressed(packed(events), TIMELINES),
    )


def packed(events: Sequence[Event]) -> bytes:
    """What is kept of the events, before it is compressed: a byte for the format; the length of the rows in four; the
    arrival of the first event and a row for each, as JSON; and the UUIDs that end their ids, sixteen bytes each.

    A row has the id (what stands before the UUID, in a list, where it ends with one), the type, name and source; when
    the event happened and when it arrived, in microseconds from that first arrival; the properties.
    """
    first = microseconds(events[0].received_at)
    rows, uuids = [], list[bytes]()
    for event in events:
        ends_with = packing.uuid(event.id[-UUID_TEXT:])
        if ends_with is not None:
            uuids.append(ends_with)
        rows.append(
            (
                event.id if ends_with is None else (event.id[:-UUID_TEXT],),
                event.type,
                event.name,
                event.source,
                microseconds(event.occurred_at) - first,
                microseconds(event.received_at) - first,
                event.properties,
            )
        )
    written = orjson.dumps((first, rows), option=orjson.OPT_UTC_Z)
    return b"".join((bytes([FORMAT]), len(written).to_bytes(4, "little"), written, *uuids))


def unpacked(data: bytes) -> list[TimelineEvent]:
    """The events of a chunk. One from before 2026-11-30 is a list of objects."""
    from shared.fold.formats.compression import decompressed

    whole = decompressed(data)
    if whole[0] != FORMAT:
        return [TimelineEvent.model_validate(row) for row in orjson.loads(whole)]
    at = 5 + int.from_bytes(whole[1:5], "little")
    first, rows = orjson.loads(whole[5:at])
    events = []
    for known_as, type_, name, source, occurred, received, properties in rows:
        if isinstance(known_as, list):
            known_as = known_as[0] + packing.uuid_text(whole[at : at + UUID])
            at += UUID
        events.append(
            TimelineEvent(
                id=known_as,
                type=type_,
                name=name,
                source=source,
                occurred_at=from_microseconds(first + occurred),
                received_at=from_microseconds(first + received),
                properties=properties,
            )
        )
    return events
