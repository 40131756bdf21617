"""The outbox: what a fold decided about each record, saved with the profile and said again when the record comes again.

An entry holds ids and decisions; the events' bodies come from the record, except those of events we derived.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.events import Event
from shared.messages import Channel
from shared.times import UtcDatetime


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
class Decisions:
    """What the fold made of one record's events, by their indexes.

    `duplicates` were folded before; `unfolded` are over the person's volume; `sessions` are runs, (index of
    the first event, session id or nothing); `derived` follow from the record's events, in order.
    """

    duplicates: tuple[int, ...] = ()
    unfolded: tuple[int, ...] = ()
    refused: tuple[Refusal, ...] = ()
    sessions: tuple[tuple[int, str | None], ...] = ()
    derived: tuple[Event, ...] = ()
    requests: tuple[Request, ...] = ()
    forwarded: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """The decisions of one record, named by its partition key and sequence number.

    `at` is the record's arrival, `workspace` the version that decided.
    """

    key: str
    sequence: str
    at: UtcDatetime
    workspace: int
    decisions: Decisions = field(default_factory=Decisions)
