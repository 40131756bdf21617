"""Requests as `collect` puts them on the stream and Lambda hands them over: records, packed per person."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shared import identity, records
from shared.events import HEADRACE
from shared.fold.effects import TIMER_DUE
from simulation.aws.kinesis.stream import FIRST_NUMBER

FIELDS = {
    "messageId": "id", "type": "type", "userId": "user_id", "anonymousId": "anonymous_id", "properties": "properties",
    "traits": "traits", "context": "context",
}  # fmt: skip
"""Twilio Segment's names → the canonical event's."""

LambdaRecord = dict[str, Any]

APART = 3**52
"""Of neighbours, about as far as AWS's are: profiles keep the numbers, and those that differ in few digits would be
packed into fewer bytes than there."""

_sequences = itertools.count(FIRST_NUMBER + APART, APART)


def request(received: Iterable[dict[str, Any]], at: datetime) -> list[LambdaRecord]:
    """The records of one request, one for each person in it; `at` is its arrival."""
    of_person: dict[str, list[dict[str, Any]]] = {}
    for event in map(_canonical, received):
        of_person.setdefault(_key(event), []).append(event)
    return [_record(key, events, at) for key, events in of_person.items()]


def timer(key: str, at: datetime) -> LambdaRecord:
    """What `sweep` sends when a profile's `due_at` has come."""
    woken = {"id": f"{key}@{at}", "type": "system", "name": TIMER_DUE, "user_id": identity.value_of(key)}
    return _record(key, [{**woken, "occurred_at": at}], at, source=HEADRACE)


def sequence() -> int:
    """The next one."""
    return next(_sequences)


def data(record: LambdaRecord) -> bytes:
    return base64.b64decode(record["kinesis"]["data"])


def _canonical(event: dict[str, Any]) -> dict[str, Any]:
    fields = {ours: event[theirs] for theirs, ours in FIELDS.items() if theirs in event}
    times = {"occurred_at": event["timestamp"], "original_timestamp": event["timestamp"]}
    return {**fields, "name": event.get("event", event["type"]), **times}


def _key(event: dict[str, Any]) -> str:
    if "user_id" in event:
        return identity.key("user", event["user_id"])
    return identity.key("anonymous", event["anonymous_id"])


def _record(key: str, events: list[dict[str, Any]], at: datetime, source: str = "shop") -> LambdaRecord:
    number = sequence()
    common = {
        "key": key,
        "source": source,
        "protocol": HEADRACE if source == HEADRACE else "twilio_segment",
        "trust": "server",
        "workspace": 1,
        "request": f"0193504f-7b2c-7def-8000-{number % 2**48:012x}",
        "received_at": at,
        "sent_at": at,
        "tally": {"received": len(events), "accepted": len(events), "rejected": 0},
    }
    return {
        "kinesis": {
            "partitionKey": key,
            "sequenceNumber": str(number),
            "data": base64.b64encode(records.encode(common, events)).decode(),
            "approximateArrivalTimestamp": at.timestamp(),
        }
    }
