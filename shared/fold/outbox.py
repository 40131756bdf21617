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

from shared.events import Event, system_event
from shared.messaging.messages import Channel
from shared.times import UtcDatetime

PORTION, KEPT = 16 * 1024, 8 * 1024
"""Bytes of JSON: what one save may add to a person's outbox, and what stays there once everything was announced.

Together 24 KB of the 64 KB that a profile may take: beside them there is room for a person who uses half of all parts'
budgets (31 KB) and has 60 marks (9 KB). Who used up every budget, with a full outbox, takes 95 KB, a quarter of what an
item holds even if nothing of it could be compressed. A larger portion would make fewer saves of imports that open a
session with each event, and nothing else: other people's decisions take some hundred bytes a record.
"""


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
    """What an event of our own is made of again, with the record's event at index `cause`: see `system_event`."""

    name: str
    cause: int
    properties: dict[str, Any]
    at: UtcDatetime
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the fold made of one record's events, by their indexes.

    `duplicates` were folded before; `unfolded` are over the person's volume; `sessions` are runs, (index of
    the first event, session id or nothing); `derived` follow from the record's events, in order (whole events were
    stored before 2026-11-30).
    """

    duplicates: tuple[int, ...] = ()
    unfolded: tuple[int, ...] = ()
    refused: tuple[Refusal, ...] = ()
    sessions: tuple[tuple[int, str | None], ...] = ()
    derived: tuple[Derived | Event, ...] = ()
    requests: tuple[Request, ...] = ()
    forwarded: tuple[int, ...] = ()

    def with_derived(self, events: Sequence[Event]) -> list[Event]:
        """The record's events, and after them those that were derived: what the indexes count."""
        rebuilt = [
            one
            if isinstance(one, Event)
            else system_event(one.name, events[one.cause], one.properties, one.at, one.token)
            for one in self.derived
        ]
        return [*events, *rebuilt]


EntryName = tuple[str, str, int]
"""A portion: its record's partition key and sequence number, and its first event."""


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """The decisions about a portion of one record, named by its partition key and sequence number.

    `at` is the record's arrival, `workspace` the version that decided. The portion are the events from index `start`
    up to `end`, which None leaves open: to the last.
    """

    key: str
    sequence: str
    at: UtcDatetime
    workspace: int
    decisions: Decisions = field(default_factory=Decisions)
    start: int = 0
    end: int | None = None

    @property
    def name(self) -> EntryName:
        return self.key, self.sequence, self.start


INDEX, SESSION, ENTRY = 6, 46, 240
"""Bytes of JSON, rounded up: an index, a run of a session, an entry with its field names but without its key."""


def entry_size(entry: OutboxEntry) -> int:
    """Bytes of the entry's JSON, rounded up."""
    decisions = entry.decisions
    indexes = (decisions.duplicates, decisions.unfolded, decisions.forwarded)
    sized = (*decisions.refused, *decisions.derived, *decisions.requests)
    return (
        ENTRY
        + len(entry.key.encode())
        + len(entry.sequence)
        + INDEX * sum(map(len, indexes))
        + SESSION * len(decisions.sessions)
        + sum(map(decision_size, sized))
    )


def decision_size(decision: Refusal | Request | Derived | Event) -> int:
    """Bytes of the decision's JSON, rounded up."""
    match decision:
        case Refusal():
            return 60 + sum(map(_bytes, (decision.code, decision.field, decision.message)))
        case Request():
            return 50 + _bytes(decision.campaign) + len(decision.channel)
        case Derived():
            return 100 + sum(map(_bytes, (decision.name, decision.properties, decision.token)))
        case Event():
            return len(decision.model_dump_json())


def _bytes(value: str | dict[str, Any] | None) -> int:
    return len(orjson.dumps(value))
