"""The outbox: what a fold decided about each record, saved with the profile and said again when the record comes again.

An entry holds ids and decisions; the events' bodies come from the record, except those of events we derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.events import Event
from shared.messages import Channel


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event at `index` of the record ended as rejected, with the fields of a `Reason`."""

    index: int
    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Request:
    """`campaign` matched the event with this id and name (of the record, or derived)."""

    campaign: str
    channel: Channel
    event_id: str
    event_name: str


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """The decisions of one record, named by its partition key and sequence number.

    `sessions` are (index of the first event, session id) runs; `duplicates` are indexes of events seen before;
    `workspace` is the version that decided.
    """

    key: str
    sequence: str
    at: datetime
    workspace: int
    duplicates: tuple[int, ...] = ()
    refused: tuple[Refusal, ...] = ()
    sessions: tuple[tuple[int, str], ...] = ()
    derived: tuple[Event, ...] = ()
    requests: tuple[Request, ...] = ()
    forwarded: tuple[str, ...] = ()
