"""The announcements about folded records: timeline chunks, rejections, messages, forwarded events and rows for the
archive.

Everything follows from the record and the decisions saved with the person, and has the same ids each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.process.announcing.decided import Decided
from functions.process.announcing.packing import Stored, batches, chunks
from shared.bus_entries import Entry, ForwardedEvent, MessageRequested, row_json
from shared.doctor import days_kept
from shared.events import Event, derived_id
from shared.fold.outbox import IN_A_PORTION
from shared.messaging.messages import message_id
from shared.people.timeline import Chunk
from shared.plan.reasons import Code
from shared.rejected import RejectedItem, RejectedReason, RejectedRequest
from shared.workspace.model import Settings, Workspace


@dataclass(slots=True)
class Announcements:
    """Each list goes with one of positions: whose records an item belongs to."""

    chunks: list[Chunk] = field(default_factory=list)
    of_chunks: list[tuple[int, ...]] = field(default_factory=list)
    refusals: list[RejectedRequest] = field(default_factory=list)
    of_refusals: list[tuple[int, ...]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    of_entries: list[tuple[int, ...]] = field(default_factory=list)


def announcements(decided: Sequence[Decided], workspace: Workspace) -> Announcements:
    """Everything there is to say about the records, positions counting `decided`."""
    said = Announcements()
    rows: list[tuple[int, bytes]] = []
    stored: list[Stored] = []
    for position, one in enumerate(decided):
        events = one.events
        sessions = _sessions(one, len(events))
        if leaving := [*one.earlier, *one.leaving]:
            stored.append(Stored(position, one, leaving))
        rows += [(position, _row(one, index, events[index], sessions[index])) for index in one.kept]
        if one.decisions.refused:
            said.refusals.append(_refusals(one, workspace.settings))
            said.of_refusals.append((position,))
        if one.decisions.requests or one.decisions.forwarded:
            in_session = [
                _in_session(event, session) for event, session in zip(events, sessions, strict=True)
            ]
            for entry in (*_requested(one, in_session, workspace), *_forwarded(one, in_session, workspace)):
                said.entries.append(entry)
                said.of_entries.append((position,))
    for batch, positions in batches(rows):
        said.entries.append(batch)
        said.of_entries.append(positions)
    for chunk, positions in chunks(stored, workspace.settings.timeline_days):
        said.chunks.append(chunk)
        said.of_chunks.append(positions)
    return said


def _sessions(one: Decided, count: int) -> list[str | None]:
    """The session that each of the record's events, then the derived ones, is given. It does not replace its own."""
    starts = dict(one.decisions.sessions)
    sessions: list[str | None] = [None] * count
    session, arrived = None, one.arrival.events
    for index in one.indexes:
        session = starts.get(index, session)
        sessions[index] = session if arrived[index].session_id is None else None
    return sessions


def _in_session(event: Event, session: str | None) -> Event:
    return event if session is None else event.model_copy(update={"session_id": session})


def _refusals(one: Decided, settings: Settings) -> RejectedRequest:
    record, events = one.arrival.record, one.arrival.events
    return RejectedRequest(
        request=f"{record.request}.{_place(one)}",
        form="canonical",
        source=record.source,
        protocol=record.protocol,
        trust=record.trust,
        received_at=record.received_at,
        expires_at=int(record.received_at.timestamp())
        + days_kept(record.source, settings.rejected_days) * 86_400,
        items=tuple(
            RejectedItem(
                index=refusal.index,
                event_id=(event := events[refusal.index]).id,
                name=event.name,
                user_id=event.user_id,
                anonymous_id=event.anonymous_id,
                other_ids=event.other_ids,
                reasons=(
                    RejectedReason(code=Code(refusal.code), field=refusal.field, message=refusal.message),
                ),
                body=event.model_dump_json(exclude_defaults=True).encode(),
            )
            for refusal in one.decisions.refused
        ),
    )


def _place(one: Decided) -> str:
    """What tells the refusals of a portion from all others of its request."""
    portion = (str(one.entry.start),) if one.entry.start else ()
    return derived_id(one.entry.key, one.entry.sequence, *portion)[:8]


def _requested(one: Decided, events: list[Event], workspace: Workspace) -> list[Entry]:
    requested: list[Entry] = []
    for request in one.decisions.requests:
        event = one.decisions.event_at(request.event, events)
        timer = one.decisions.timer_behind(request.event, len(one.arrival.events))
        requested.append(
            MessageRequested(
                id=message_id(request.campaign, event),
                channel=request.channel,
                campaign=request.campaign,
                person=one.person.key,
                event=event,
                depth=one.arrival.record.depth if timer is None else timer.depth,
                requested_at=one.entry.at if timer is None else timer.at,
                workspace=workspace.version,
            )
        )
    return requested


def _forwarded(one: Decided, events: list[Event], workspace: Workspace) -> list[Entry]:
    forwarded = [one.decisions.event_at(index, events) for index in one.decisions.forwarded]
    return [
        ForwardedEvent(event=event, person=one.person.key, traits=_chosen(one, event, workspace))
        for event in forwarded
    ]


def _chosen(one: Decided, event: Event, workspace: Workspace) -> dict[str, Any]:
    definition = workspace.definition_by_id.get(event.name)
    chosen = definition.forward_traits if definition is not None else ()
    traits = one.person.states.traits.values
    return {trait: traits[trait] for trait in chosen if trait in traits}


def _row(one: Decided, index: int, event: Event, session: str | None) -> bytes:
    """What was derived in a later portion counts from where no earlier one can have come to."""
    earlier = one.entry.start + one.entry.turn  # each of the portions before had an event or was a turn
    ordinal = index if index < len(one.arrival.events) else index + IN_A_PORTION * earlier
    return row_json(
        event,
        session,
        person=one.person.key,
        key=one.entry.key,
        sequence=one.entry.sequence,
        ordinal=ordinal,
    )
