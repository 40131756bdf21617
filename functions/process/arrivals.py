"""Read what Lambda passes on from Kinesis: Headrace's records, and data that is not a record."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter

from functions.process.decoding import decode
from shared import identity
from shared.events import Event, derived_id
from shared.fold.outbox import OutboxEntry
from shared.fold.parts.devices.said import token_said
from shared.records import DECIDED, Record

SEQUENCE_DIGITS = 56
"""Digits of Kinesis's longest sequence number. Padded to this width, their text order is their order."""

LONGEST_KEY = 512
"""Characters of an identity key. DynamoDB takes 2,048 bytes, and one longer key would fail the read of all keys:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


ENTRY = TypeAdapter(OutboxEntry)


@dataclass(frozen=True)
class Arrival:
    """A record as it arrived, with its position on the stream and its arrival time."""

    record: Record
    sequence: str
    arrived_at: datetime
    data: bytes
    decided: OutboxEntry | None = None
    """Decisions that only need to be announced: the record was saved before and came back as a dead letter."""

    @property
    def events(self) -> tuple[Event, ...]:
        return self.record.events

    @property
    def place(self) -> tuple[str, str]:
        """Its partition key and sequence number."""
        return self.record.key, self.sequence

    def precedes(self, other: Arrival) -> bool:
        """Whether it must be folded before the other: it has the same key and came earlier."""
        return self.record.key == other.record.key and self.sequence < other.sequence

    @cached_property
    def identities(self) -> frozenset[str]:
        """Every key by which its events may name a person, including previous ids of an alias."""
        named = {self.record.key}
        for event in self.record.events:
            named.update(event.identities)
            if event.type == "alias" and event.previous_id is not None:
                named.add(identity.key("user", event.previous_id))
                named.add(identity.key("anonymous", event.previous_id))
        return frozenset(named)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The push tokens that its events register."""
        said = map(token_said, self.record.events)
        return frozenset([token for token in said if token is not None])


class Unreadable(NamedTuple):
    """Data that is not one of Headrace's records: its key, its position on the stream, its dead letter, and the
    error."""

    key: str
    sequence: str
    dead_letter: bytes
    error: Exception

    @property
    def name(self) -> str:
        """A hash: the key may be an address."""
        return derived_id(self.key, self.sequence, "read")


def read(kinesis_records: list[dict[str, Any]]) -> tuple[list[Arrival], list[Unreadable]]:
    """The arrivals, in order, and what cannot be read."""
    arrivals, unreadable = [], []
    for lambda_record in kinesis_records:
        kinesis = lambda_record["kinesis"]
        try:
            arrivals.append(_arrival(kinesis))
        except Exception as error:  # noqa: BLE001  whatever makes it unreadable, it concerns this record only
            key, sequence = kinesis["partitionKey"], kinesis["sequenceNumber"]
            dead_letter = _dead_letter(key, sequence, kinesis["data"], error)
            unreadable.append(Unreadable(key, sequence, dead_letter, error))
    return arrivals, unreadable


def _arrival(kinesis: dict[str, Any]) -> Arrival:
    """Raises ValueError if it is not one of Headrace's records, or names somebody by an id that cannot be a table's
    key."""
    data = binascii.a2b_base64(kinesis["data"], strict_mode=True)
    decided = None
    if data.startswith(DECIDED):
        fields = orjson.loads(data)
        decided, data = ENTRY.validate_json(orjson.dumps(fields["decided"])), orjson.dumps(fields["record"])
    arrival = Arrival(
        record=decode(data),
        sequence=kinesis["sequenceNumber"].zfill(SEQUENCE_DIGITS),
        arrived_at=datetime.fromtimestamp(kinesis["approximateArrivalTimestamp"], UTC),
        data=data,
        decided=decided,
    )
    if not all(0 < len(key) <= LONGEST_KEY for key in arrival.identities):
        raise ValueError("an id that is no key")
    return arrival


def dead_letter(
    arrival: Arrival, error: Exception, start: int = 0, entry: OutboxEntry | None = None
) -> bytes:
    """A record whose content failed. `data` is what to put on the stream again.

    Of a record that is saved up to the event at `start` it has the events from there on, so that none counts twice. One
    that is saved but cannot be announced has with it what was decided, `entry`: it is announced then and not folded.
    """
    data = arrival.data
    entry = entry or arrival.decided
    if entry is not None:
        data = b"".join((DECIDED, ENTRY.dump_json(entry), b',"record":', data, b"}"))
    elif start:
        fields = orjson.loads(data)
        data = orjson.dumps({**fields, "events": fields["events"][start:]})
    return _dead_letter(arrival.record.key, arrival.sequence, base64.b64encode(data).decode(), error)


def _dead_letter(key: str, sequence: str, data: str, error: Exception) -> bytes:
    """In ASCII: a key may have characters that SQS refuses."""
    dead_letter = {"key": key, "sequence": sequence, "error": type(error).__name__, "data": data}
    return json.dumps(dead_letter, sort_keys=True).encode()
