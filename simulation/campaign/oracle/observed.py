"""What was seen of a run, in plain values: the answers to clients, and what lay where in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


class Attempt(NamedTuple):
    """A request as it was tried. `status` is None where no answer came. Answered, or given up, at `until`."""

    request: int
    at: datetime
    until: datetime
    status: int | None
    body: bytes


class Row(NamedTuple):
    """A row of the lake. `said` is the property `n` of its event, `session` its property `session_id`, and so are
    `amount`, `length` (`session_length`) and `events` (of a session that is concluded) and `message`; None where it has
    none. `in_session` is the session that it was in. Times are the lake's texts, which sort as the times do."""

    event_id: str
    type: str
    name: str
    source: str
    protocol: str
    key: str
    sequence: str
    ordinal: int
    person: str
    user_id: str | None
    said: str | None
    session: str | None = None
    occurred_at: str = ""
    received_at: str = ""
    in_session: str | None = None
    amount: str | None = None
    length: str | None = None
    events: str | None = None
    message: str | None = None

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What the lake's view knows an event by."""
        return self.key, self.source, self.event_id, self.name


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """`due_at` is when they next want to be looked at; `outbox` is bytes of decisions that are not let go of. `spans`
    says of each name that is counted when it happened first, and when last."""

    key: str
    counters: Mapping[str, int]
    traits: Mapping[str, Any]
    due_at: datetime | None
    outbox: int
    spans: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)


class Taken(NamedTuple):
    """A message that a provider took."""

    at: datetime
    channel: str
    to: str
    text: str


class LoggedMessage(NamedTuple):
    """A message in the message log. `requested_at` is when the fold asked for it, `updated_at` when its status was
    written: both by functions' clocks, and not known to a made-up log."""

    campaign: str
    event_id: str
    status: str
    reason: str | None
    id: str = ""
    requested_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """`rejected` and `put_aside` are texts of what was rejected, and of dead letters with the name of their queue.
    `timelines` are the ids of the events on each person's. `leads_to` says of every stored identity whose person it
    leads to. `waiting` names lanes, queues and timers that still have work in the end; `largest` is the size in bytes
    of the largest item of each table there ever was.
    """

    attempts: tuple[Attempt, ...] = ()
    rows: tuple[Row, ...] = ()
    rejected: tuple[str, ...] = ()
    put_aside: tuple[tuple[str, str], ...] = ()
    people: Mapping[str, StoredPerson] = field(default_factory=dict)
    leads_to: Mapping[str, str] = field(default_factory=dict)
    timelines: Mapping[str, frozenset[str]] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()
    logged: tuple[LoggedMessage, ...] = ()
    waiting: tuple[str, ...] = ()
    largest: Mapping[str, int] = field(default_factory=dict)
    ended_at: datetime | None = None
    unbalanced: tuple[str, ...] = ()
    """What the ledger says does not balance."""
    forwarded: frozenset[str] = frozenset()
    """Ids of the events that went on the bus for the operator's own routes."""
    timers: Mapping[str, int] = field(default_factory=dict)
    """How often each timer was put on the stream."""
    sweeps_disturbed: int = 0
    """Faults that met `sweep`: after each it may send again what it had sent."""
