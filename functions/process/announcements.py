"""What is said about folded records: timeline chunks, refusals, messages and forwarded events, rows for the archive.

Everything follows from the record and the decisions saved with the person, and has the same ids each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.process.people import Decided
from shared.bus_entries import LARGEST_DETAIL, ArchiveRow, Entry, EventBatch, ForwardedEvent, MessageRequested
from shared.events import Event, derived_id
from shared.fold.effects import is_timer
from shared.messages import message_id
from shared.reasons import Code
from shared.records import LARGEST
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.timeline import Chunk, chunk
from shared.workspace import Settings, Workspace

ROWS_BYTES = 384 * 1024
"""Rows are first packed by so many bytes of JSON: events compress to a seventh or less."""

CHUNK_BYTES = LARGEST
"""A person's records make one timeline chunk while they have no more bytes, as one record may have alone."""


@dataclass(slots=True)
class Announcements:
    """Each list goes with one of positions: whose records an item belongs to."""

    chunks: list[Chunk] = field(default_factory=list)
    of_chunks: list[tuple[int, ...]] = field(default_factory=list)
    refusals: list[RejectedRequest] = field(default_factory=list)
    of_refusals: list[int] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    of_entries: list[tuple[int, ...]] = field(default_factory=list)


def announcements(decided: Sequence[Decided], workspace: Workspace) -> Announcements:
    """Everything there is to say about the records, positions counting `decided`."""
    said = Announcements()
    rows: list[tuple[int, bytes]] = []
    latest: list[tuple[int, Decided, list[Event]]] = []
    for position, one in enumerate(decided):
        events = _events(one)
        gone = set(one.decisions.duplicates) | {refusal.index for refusal in one.decisions.refused}
        stored = [
            (index, event) for index, event in enumerate(events) if index not in gone and not is_timer(event)
        ]
        if stored:
            latest.append((position, one, [event for _, event in stored]))
        if one.decisions.refused:
            said.refusals.append(_refusals(one, workspace.settings))
            said.of_refusals.append(position)
        for entry in (*_requested(one, events, workspace), *_forwarded(one, events, workspace)):
            said.entries.append(entry)
            said.of_entries.append((position,))
        rows += [(position, _row(one, index, event)) for index, event in stored]
    for batch, positions in _packed(rows):
        said.entries.append(batch)
        said.of_entries.append(positions)
    for chunk_, positions in _chunks(latest, workspace.settings.timeline_days):
        said.chunks.append(chunk_)
        said.of_chunks.append(positions)
    return said


def _events(one: Decided) -> list[Event]:
    """The record's events, then the derived ones, each with its session."""
    sessions = dict(one.decisions.sessions)
    events, session = [], None
    for index, event in enumerate(one.arrival.events):
        session = sessions.get(index, session)
        keeps = session is None or event.session_id is not None
        events.append(event if keeps else event.model_copy(update={"session_id": session}))
    return [*events, *one.decisions.derived]


def _chunks(
    latest: Sequence[tuple[int, Decided, list[Event]]], days: int
) -> list[tuple[Chunk, tuple[int, ...]]]:
    """Each person's records in as few chunks as fit, each with the positions it speaks of."""
    chunks: list[tuple[Chunk, tuple[int, ...]]] = []
    of_person: dict[str, list[tuple[int, Decided, list[Event]]]] = {}
    for one in latest:
        of_person.setdefault(one[1].person.key, []).append(one)
    for person, records in of_person.items():
        start = size = 0
        for end, (_, decided, _) in enumerate(records):
            if end > start and size + len(decided.arrival.data) > CHUNK_BYTES:
                chunks.append(_chunk(person, records[start:end], days))
                start, size = end, 0
            size += len(decided.arrival.data)
        chunks.append(_chunk(person, records[start:], days))
    return chunks


def _chunk(
    person: str, records: Sequence[tuple[int, Decided, list[Event]]], days: int
) -> tuple[Chunk, tuple[int, ...]]:
    names = [f"{decided.arrival.record.key}@{decided.arrival.sequence}" for _, decided, _ in records]
    events = [event for _, _, events in records for event in events]
    return chunk(person, names, events, days), tuple(position for position, _, _ in records)


def _refusals(one: Decided, settings: Settings) -> RejectedRequest:
    record, events = one.arrival.record, one.arrival.events
    return RejectedRequest(
        request=f"{record.request}.{derived_id(record.key, one.arrival.sequence)[:8]}",
        form="canonical",
        source=record.source,
        protocol=record.protocol,
        trust=record.trust,
        received_at=record.received_at,
        expires_at=int(record.received_at.timestamp()) + settings.rejected_days * 86_400,
        items=tuple(
            RejectedItem(
                index=refusal.index,
                event_id=(event := events[refusal.index]).id,
                name=event.name,
                user_id=event.user_id,
                anonymous_id=event.anonymous_id,
                reasons=(
                    RejectedReason(code=Code(refusal.code), field=refusal.field, message=refusal.message),
                ),
                body=event.model_dump_json(exclude_defaults=True).encode(),
            )
            for refusal in one.decisions.refused
        ),
    )


def _requested(one: Decided, events: list[Event], workspace: Workspace) -> list[Entry]:
    return [
        MessageRequested(
            id=message_id(request.campaign, events[request.event]),
            channel=request.channel,
            campaign=request.campaign,
            person=one.person.key,
            event=events[request.event],
            depth=one.arrival.record.depth,
            requested_at=one.arrival.arrived_at,
            workspace=workspace.version,
        )
        for request in one.decisions.requests
    ]


def _forwarded(one: Decided, events: list[Event], workspace: Workspace) -> list[Entry]:
    return [
        ForwardedEvent(
            event=events[index], person=one.person.key, traits=_chosen(one, events[index], workspace)
        )
        for index in one.decisions.forwarded
    ]


def _chosen(one: Decided, event: Event, workspace: Workspace) -> dict[str, Any]:
    definition = workspace.definition_by_id.get(event.name)
    chosen = definition.forward_traits if definition is not None else ()
    traits = one.person.states.traits.values
    return {trait: traits[trait] for trait in chosen if trait in traits}


def _row(one: Decided, index: int, event: Event) -> bytes:
    row = ArchiveRow(
        event=event,
        person=one.person.key,
        key=one.arrival.record.key,
        sequence=one.arrival.sequence,
        ordinal=index,
    )
    return row.model_dump_json(exclude_defaults=True).encode()


def _packed(rows: Sequence[tuple[int, bytes]]) -> list[tuple[EventBatch, tuple[int, ...]]]:
    """Rows in as few entries as fit, each with the positions it speaks of."""
    batches: list[tuple[EventBatch, tuple[int, ...]]] = []
    start = size = 0
    for end, (_, row) in enumerate(rows):
        if end > start and size + len(row) > ROWS_BYTES:
            batches += _fitting(rows[start:end])
            start, size = end, 0
        size += len(row)
    return [*batches, *_fitting(rows[start:])] if rows else []


def _fitting(rows: Sequence[tuple[int, bytes]]) -> list[tuple[EventBatch, tuple[int, ...]]]:
    """One entry, or two halves where it would be too large. A single row is an entry whatever its size."""
    batch = EventBatch.packing([row for _, row in rows])
    if len(batch.rows) <= LARGEST_DETAIL or len(rows) == 1:
        return [(batch, tuple(sorted({position for position, _ in rows})))]
    half = len(rows) // 2
    return [*_fitting(rows[:half]), *_fitting(rows[half:])]
