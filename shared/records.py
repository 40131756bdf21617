"""One Kinesis record: one person's events of one request, in order, and the fields that they share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict

from shared.events import Event
from shared.times import UtcDatetime, in_utc

LARGEST = 256 * 1024
"""Bytes of one record. If a person's events of one request need more, they continue in another record."""

LONGEST_KEY = 256
"""Characters of a record's key, which is Kinesis's partition key. A longer one makes the whole call fail:
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""

DEEPEST = 8
"""The maximum depth of a chain of events that cause each other through the stream. Beyond it campaigns ignore them."""

RETENTION = timedelta(days=7)
"""How long a profile remembers records. The stream must not keep records longer."""

Trust = Literal["server", "browser"]


DECIDED = b'{"decided":'
"""The beginning of a dead letter's data if its record was folded and only needs to be announced. The JSON has the
decisions first, and then the `record`."""


class Tally(BaseModel):
    """How many events of one request `collect` accepted and rejected. Every record of the request carries the same
    tally."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    received: int
    accepted: int
    rejected: int


class Record(BaseModel):
    """A decoded record. `workspace` is the version it was validated with; `request` identifies the HTTP request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    source: str
    protocol: str
    trust: Trust
    workspace: int
    request: str
    received_at: UtcDatetime
    depth: int = 0
    tally: Tally
    events: tuple[Event, ...]


SHARED_WITH_EVENTS = ("source", "protocol", "received_at", "sent_at")
"""Fields that are once in the record's JSON and belong to each of its events."""


def encode(common: dict[str, Any], events: list[dict[str, Any]]) -> bytes:
    """The record's bytes. `common` has the record's fields and `sent_at`; an event has only fields of its own.

    Values may be datetimes (UTC); they are written as RFC 3339.
    """
    return orjson.dumps({**common, "events": events}, option=orjson.OPT_UTC_Z)


def shared_part(common: dict[str, Any]) -> bytes:
    """The shared part of all records of one request, encoded once, for `joined`."""
    return b"," + orjson.dumps(common, option=orjson.OPT_UTC_Z)[1:-1] + b',"events":['


def joined(key: str, shared: bytes, events: list[bytes]) -> bytes:
    """The same bytes as `encode`, from parts that are already encoded. So nothing is encoded twice, although one
    request makes many records and the size of each event is measured on its JSON."""
    own = events[0] if len(events) == 1 else b",".join(events)
    return b"".join((b'{"key":', orjson.dumps(key), shared, own, b"]}"))


def decode(data: bytes) -> Record:
    """The record in `data`. Raises ValueError if it is not one of Headrace's records. (The errors of pydantic and
    orjson are ValueErrors.)"""
    fields = orjson.loads(data)
    if not isinstance(fields, dict) or not isinstance(fields.get("events"), list):
        raise ValueError("not a Headrace record: no list of events")
    common = {name: fields[name] for name in SHARED_WITH_EVENTS if name in fields}
    for time in ("received_at", "sent_at"):  # read once here, not again for each event
        if time in common:
            common[time] = in_utc(common[time])
    fields.pop("sent_at", None)
    if not all(isinstance(event, dict) for event in fields["events"]):
        raise ValueError("not a Headrace record: an event is no object")
    return Record.model_validate({**fields, "events": [{**common, **event} for event in fields["events"]]})
