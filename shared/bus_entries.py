"""The entries on EventBridge: one model per detail type. Tests hold the stack's rules to these models."""

from __future__ import annotations

import base64
from typing import Any, ClassVar, Literal, Self

import orjson
from pydantic import BaseModel, ConfigDict

from shared.events import Event
from shared.messaging.messages import MessageRequest

SOURCE = "headrace"

LARGEST_DETAIL = 56 * 1024
"""Bytes of one entry's detail. With its envelope it stays under 64 KB, which EventBridge bills as one event:
https://aws.amazon.com/eventbridge/pricing/"""


class MessageRequested(MessageRequest):
    """A campaign requests a message. The rule of its `channel` delivers it to the send function."""

    detail_type: ClassVar[str] = "Message Requested"


class ForwardedEvent(BaseModel):
    """One event whose definition says `forward`, for the operator's routes."""

    detail_type: ClassVar[str] = "Event"
    model_config = ConfigDict(frozen=True, extra="forbid")

    event: Event
    person: str
    segments: tuple[str, ...] = ()
    traits: dict[str, Any] = {}


class ArchiveRow(BaseModel):
    """One event on its way to the lake: the event, its person, and its position on the stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: Event
    person: str
    key: str
    sequence: str
    ordinal: int


def row_json(
    event: Event, session_id: str | None, *, person: str, key: str, sequence: str, ordinal: int
) -> bytes:
    """The JSON of an `ArchiveRow`. It is written without making one, for speed: this runs for every event."""
    fields = event.said()
    if session_id is not None:
        fields["session_id"] = session_id
    row = {"event": fields, "person": person, "key": key, "sequence": sequence, "ordinal": ordinal}
    return orjson.dumps(row, option=orjson.OPT_UTC_Z)


class EventBatch(BaseModel):
    """Many events, packed for the archive. `rows` is base64(zstd(JSON list of `ArchiveRow`)); entries without an
    `encoding` are from before 2026-11-30 and zlib's."""

    detail_type: ClassVar[str] = "Event Batch"
    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int
    rows: str
    encoding: Literal["zlib+base64", "zstd+base64"] = "zlib+base64"

    @classmethod
    def packing(cls, rows: list[bytes]) -> Self:
        """Pack rows that are already JSON (`row_json`)."""
        from shared.compression import compressed  # for who packs rows: others only ask for names

        packed = base64.b64encode(compressed(b"[" + b",".join(rows) + b"]")).decode()
        return cls(count=len(rows), rows=packed, encoding="zstd+base64")

    def unpacked(self) -> list[ArchiveRow]:
        """The rows. Raises ValueError if they were not written by `packing`."""
        from shared.compression import decompressed

        rows = orjson.loads(decompressed(base64.b64decode(self.rows, validate=True)))
        if not isinstance(rows, list) or len(rows) != self.count:
            raise ValueError(f"rows are not a list of {self.count}")
        return [ArchiveRow.model_validate(row) for row in rows]


Entry = MessageRequested | ForwardedEvent | EventBatch
