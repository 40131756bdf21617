"""What Lambda hands over from Kinesis: our records, and what is not one."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from shared import identity, records
from shared.events import Event
from shared.fold.devices import token_said
from shared.records import Record

SEQUENCE_DIGITS = 56
"""The longest sequence number Kinesis gives; padded to one width, text order is their order."""

LONGEST_KEY = 512
"""Characters of an identity key. DynamoDB takes 2,048 bytes; one longer key would fail the read of everybody's."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record as it came: where it stood on the stream, and when it got there."""

    record: Record
    sequence: str
    arrived_at: datetime
    data: bytes
    decided: OutboxEntry | None = None
    """What is only to be announced: the record was saved when it was here before, and came back from the dead letters."""

    @property
    def events(self) -> tuple[Event, ...]:
        return self.record.events

    def identities(self) -> set[str]:
        """Every key its events may name a person by, previous ids of an alias included."""
        named = {self.record.key}
        for event in self.record.events:
            named.update(event.identities)
            if event.type == "alias" and event.previous_id is not None:
                named.add(identity.key("user", event.previous_id))
                named.add(identity.key("anonymous", event.previous_id))
        return named

    def tokens(self) -> set[str]:
        """The push tokens that its events register."""
        return {token for event in self.record.events if (token := token_said(event)) is not None}


def read(kinesis_records: list[dict[str, Any]]) -> tuple[list[Arrival], list[bytes]]:
    """The arrivals, in order, and a dead letter for each record that cannot be read."""
    arrivals, letters = [], []
    for lambda_record in kinesis_records:
        kinesis = lambda_record["kinesis"]
        try:
            arrivals.append(_arrival(kinesis))
        except (ValueError, binascii.Error) as error:
            letters.append(
                _letter(kinesis["partitionKey"], kinesis["sequenceNumber"], kinesis["data"], error)
            )
    return arrivals, letters


def _arrival(kinesis: dict[str, Any]) -> Arrival:
    """Raises ValueError when it is no record of ours, or names somebody by what no table takes as a key."""
    data = binascii.a2b_base64(kinesis["data"], strict_mode=True)
    arrival = Arrival(
        record=records.decode(data),
        sequence=kinesis["sequenceNumber"].zfill(SEQUENCE_DIGITS),
        arrived_at=datetime.fromtimestamp(kinesis["approximateArrivalTimestamp"], UTC),
        data=data,
    )
    if not all(0 < len(key) <= LONGEST_KEY for key in arrival.identities()):
        raise ValueError("an id that is no key")
    return arrival


def dead_letter(arrival: Arrival, error: Exception) -> bytes:
    """A record that was read but could not be folded. It holds what is needed to put it on the stream again."""
    data = base64.b64encode(arrival.data).decode()
    return _letter(arrival.record.key, arrival.sequence, data, error)


def _letter(key: str, sequence: str, data: str, error: Exception) -> bytes:
    return orjson.dumps(
        {"key": key, "sequence": sequence, "error": type(error).__name__, "data": data},
        option=orjson.OPT_SORT_KEYS,
    )
