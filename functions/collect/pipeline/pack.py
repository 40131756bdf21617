"""Accepted events to records for the stream: one per person and request, in order, and more beyond its size."""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.arrival import Arrival
from functions.collect.verdicts import Accepted, Verdicts
from functions.collect.work import Work
from shared import records
from shared.ports.streams import StreamEntry
from shared.workspace.collecting import Source

ROOM_FOR_COMMON = 2048
"""Bytes left for what a record's events share; its ids have at most a few hundred characters."""


def pack(work: Work) -> None:
    """Give the request its id, and make the stream's entries of what was accepted."""
    verdicts = work.verdicts
    work.request_id = work.resources.new_id()
    work.common = common(
        work.source,
        work.call.format.name,
        work.workspace.version,
        work.request_id,
        work.parsed.arrival,
        verdicts,
    )
    work.records = entries(work.common, verdicts.accepted)


def common(
    source: Source, protocol: str, workspace: int, request: str, arrival: Arrival, verdicts: Verdicts
) -> dict[str, Any]:
    """The fields of `shared.records.Record` that every record of the request has, and `sent_at`. `workspace` is a
    version, `request` an id."""
    accepted, rejected = len(verdicts.accepted), len(verdicts.rejected)
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


def entries(common: dict[str, Any], accepted: list[Accepted]) -> list[StreamEntry]:
    """A record for each person of the `accepted`, in the order in which they first came: the fields that the events
    share, `common`, and theirs in order. More than one where they take more than `records.LARGEST` bytes."""
    of_person: dict[str, list[bytes]] = {}
    for key, event in accepted:
        if key in of_person:
            of_person[key].append(event)
        else:
            of_person[key] = [event]
    shared = records.shared_part(common)
    joined, largest = records.joined, records.LARGEST
    found = []
    for key, events in of_person.items():
        data = joined(key, shared, events)
        if len(data) <= largest:
            found.append(StreamEntry(key, data))
        else:
            found += [StreamEntry(key, joined(key, shared, part)) for part in _parts(events)]
    return found


def _parts(events: list[bytes]) -> list[list[bytes]]:
    """In halves, and halves of those, until each fits a record; one event always does.

    A request that comes again is cut where it was cut before, though its times may now take a few bytes more or less:
    `process` knows it by the events that its records hold.
    """
    if len(events) == 1 or sum(map(len, events)) + len(events) <= records.LARGEST - ROOM_FOR_COMMON:
        return [events]
    half = len(events) // 2
    return [*_parts(events[:half]), *_parts(events[half:])]
