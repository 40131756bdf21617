"""Accepted events to records for the stream: one per person and request, in order, and another beyond the size of one."""

from __future__ import annotations

from typing import Any

import orjson

from functions.collect.canonical import Arrival
from functions.collect.verdicts import Acceptance
from shared import records
from shared.ports import StreamEntry
from shared.workspace import Source

ROOM_FOR_COMMON = 2048
"""Bytes left for what a record's events share; its ids have at most a few hundred characters."""


def common(
    source: Source, protocol: str, workspace: int, request: str, arrival: Arrival, accepted: int, rejected: int
) -> dict[str, Any]:
    """The fields of `shared.records.Record` that every record of the request has, and `sent_at`."""
    fields = {
        "source": source.id,
        "protocol": protocol,
        "trust": source.trust,
        "workspace": workspace,
        "request": request,
        "received_at": arrival.received_at,
        "tally": {"received": accepted + rejected, "accepted": accepted, "rejected": rejected},
    }
    if arrival.sent_at is not None:
        fields["sent_at"] = arrival.sent_at
    return fields


def entries(common: dict[str, Any], accepted: list[Acceptance]) -> list[StreamEntry]:
    """Events go in as fragments: each was written already, when its size was checked."""
    filling: dict[str, list[Any]] = {}
    filled: dict[str, int] = {}
    groups: list[tuple[str, list[Any]]] = []
    for _, key, data, _ in accepted:
        size = filled.get(key, records.LARGEST) + len(data) + 1
        if size > records.LARGEST - ROOM_FOR_COMMON:
            size = len(data) + 1
            filling[key] = []
            groups.append((key, filling[key]))
        filled[key] = size
        filling[key].append(orjson.Fragment(data))
    return [StreamEntry(key, records.encode({"key": key, **common}, events)) for key, events in groups]
