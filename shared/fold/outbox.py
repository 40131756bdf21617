"""The outbox: what a fold decided about each record, saved with the profile and said again when the record comes again.

An entry holds ids and decisions. The events' bodies come from the record, and events we derived are made of those
again, the same ones each time.

A record whose decisions take more than `PORTION` bytes is folded in portions. Each has an entry, which is saved and
announced before the next portion is folded; so an item stays small, and no record is refused for what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from shared import identity
from shared.events import HEADRACE, Event, derived_id, system_event
from shared.fold.effects import TIMER_DUE
from shared.messaging.channels import Channel
from shared.times import UtcDatetime, microseconds

PORTION, KEPT = 2_048, 1_024
"""Bytes of JSON: what one save may add to a person's outbox, and what stays there once everything was announced.

A larger portion would make fewer saves of imports that open a session with each event, and nothing else: other people's
decisions take some hundred bytes a record.
"""

IN_A_PORTION = 4_096
"""Events derived in one portion, at most. A portion ends with the event that fills it, and each takes a hundred bytes:
no item would hold so many."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event at `index` of the record ended as rejected, with the fields of a `Reason`."""

    index: int
    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Request:
    """`campaign` matched the event at index `event`: the record's events count first, then the derived ones."""

    campaign: str
    channel: Channel
    event: int


@dataclass(frozen=True, slots=True)
class Derived:
    """What an event of our own is made of again, with the record's event, or the timer, at index `cause`: see
    `system_event`."""

    name: str
    cause: int
    properties: dict[str, Any]
    at: UtcDatetime
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Woken:
    """A timer of a part, folded at an instant, of the person who was stored under `person` then.

    It is an event like any other to whatever follows from it, and the same one whichever record, or tick of `sweep`,
    came by when it was due.
    """

    person: str
    part: str
    at: UtcDatetime
    depth: int = 0

    @property
    def event(self) -> Event:
        return Event(
            id=derived_id(TIMER_DUE, self.person, self.part, str(microseconds(self.at))),
            type="system",
            name=TIMER_DUE,
            **identity.naming(self.person),
            source=HEADRACE,
            protocol=HEADRACE,
            occurred_at=self.at,
            received_at=self.at,
        )


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the fold made of one record's events, by their indexes.

    `duplicates` were folded before; `unfolded` are over the person's volume; `sessions` are runs, (index of
    the first event, session id or nothing); `derived` follow from the record's events, in order (whole events were
    stored before 2026-11-30). `timers` were due before one of the events and have consequences; they have the indexes
    -1, -2, and so on.
    """

    duplicates: tuple[int, ...] = ()
    unfolded: tuple[int, ...] = ()
    refused: tuple[Refusal, ...] = ()
    sessions: tuple[tuple[int, str | None], ...] = ()
    derived: tuple[Derived | Event, ...] = ()
    requests: tuple[Request, ...] = ()
    forwarded: tuple[int, ...] = ()
    timers: tuple[Woken, ...] = ()

    def with_derived(self, events: Sequence[Event]) -> list[Event]:
        """The record's events, and after them those that were derived: what the indexes count."""
        rebuilt = [
            one
            if isinstance(one, Event)
            else system_event(one.name, self.event_at(one.cause, events), one.properties, one.at, one.token)
            for one in self.derived
        ]
        return [*events, *rebuilt]

    def event_at(self, index: int, events: Sequence[Event]) -> Event:
        """The one at the index, of the record's events and those that were derived, or the timer."""
        return events[index] if index >= 0 else self.timers[-1 - index].event

    def timer_behind(self, index: int, arriving: int) -> Woken | None:
        """The timer that what stands at the index followed from, or is; none, where it was one of the `arriving`
        events of the record."""
        if index >= arriving:
            derived = self.derived[index - arriving]
            index = derived.cause if isinstance(derived, Derived) else 0
        return self.timers[-1 - index] if index < 0 else None


EntryName = tuple[str, str, int, int]
"""A portion: its record's partition key and sequence number, its first event, and its turn."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """The decisions about a portion of one record, named by its partition key and sequence number.

    `at` is the record's arrival, `workspace` the version that decided. The portion are the events from index `start`
    up to `end`, which None leaves open: to the last. `turn` counts the record's portions before this one that had no
    event, only timers that were due before the next one.
    """

    key: str
    sequence: str
    at: UtcDatetime
    workspace: int
    decisions: Decisions = field(default_factory=Decisions)
    start: int = 0
    end: int | None = None
    turn: int = 0

    @property
    def name(self) -> EntryName:
        return self.key, self.sequence, self.start, self.turn


INDEX, SESSION, ENTRY = 6, 44, 136
"""Bytes of JSON, rounded up: an index, a run of a session, an entry without its key."""


def entry_size(entry: OutboxEntry) -> int:
    """Bytes of the entry's JSON, rounded up."""
    decisions = entry.decisions
    indexes = (decisions.duplicates, decisions.unfolded, decisions.forwarded)
    sized = (*decisions.refused, *decisions.derived, *decisions.requests, *decisions.timers)
    return (
        ENTRY
        + _bytes(entry.key)
        + len(entry.sequence)
        + INDEX * sum(map(len, indexes))
        + SESSION * len(decisions.sessions)
        + sum(map(decision_size, sized))
    )


def decision_size(decision: Refusal | Request | Derived | Woken | Event) -> int:
    """Bytes of the decision's JSON, rounded up."""
    match decision:
        case Refusal():
            return 16 + sum(map(_bytes, (decision.code, decision.field, decision.message)))
        case Request():
            return 16 + _bytes(decision.campaign) + len(decision.channel)
        case Derived():
            return 32 + sum(map(_bytes, (decision.name, decision.properties, decision.token)))
        case Woken():
            return 32 + _bytes(decision.person) + len(decision.part)
        case Event():
            return len(decision.model_dump_json())


def _bytes(value: str | dict[str, Any] | None) -> int:
    return len(orjson.dumps(value))
