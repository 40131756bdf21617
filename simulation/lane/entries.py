"""What a simulation says, entry by entry, in an order that depends on nothing but what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from shared import identity
from shared.bus_entries import MessageRequested
from shared.events import utc_text
from shared.messaging.messages import Status, Why
from shared.own_events import NOTIFICATION_SENT

SENT, DROPPED, EVENT = "message_sent", "message_dropped", "event"

LEFT = frozenset({Status.SENT, Status.DELIVERED, Status.UNCERTAIN})
"""A message whose outcome nobody knows counts as sent."""

FIRST, AMONG, LAST = range(3)
"""At one instant: what follows from the events, then messages, then what follows from those."""


SAID_BY_TIMERS = frozenset({"Session Concluded"})
"""Own events that nothing but time makes follow. Each names whom its timer belongs to: the record by which that
person joins another may fold it, and its person is the other one then."""


class Outcome(NamedTuple):
    """What became of a message."""

    status: Status
    reason: Why | None


class Entry(NamedTuple):
    """`rank` tells entries of one instant and person apart. In whole seconds, `instant` is the entry's `at`."""

    instant: datetime
    person: str
    rank: tuple[int, int, int]
    kind: str
    id: str
    event: str
    reason: str | None = None
    channel: str | None = None
    variant: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "at": utc_text(self.instant)[:19] + "Z",
            "person": self.person,
            "kind": self.kind,
            "id": self.id,
            "reason": self.reason,
            "channel": self.channel,
            "variant": self.variant,
            "event": self.event,
        }


def of_message(request: MessageRequested, outcome: Outcome, line: int) -> Entry:
    """`line` is that of its trigger, 0 where none has it."""
    is_sent = outcome.status in LEFT
    event = request.event
    named = (event.user_id, event.anonymous_id, event.other_ids)
    return Entry(
        request.requested_at,
        identity.strongest(*named) if event.name in SAID_BY_TIMERS else request.person,
        (request.depth, AMONG, line),
        SENT if is_sent else DROPPED,
        request.campaign,
        request.event.id,
        None if is_sent or outcome.reason is None else outcome.reason.value,
        request.channel,
    )


def of_own_event(person: str, event: dict[str, Any], depth: int) -> Entry:
    """`event` is one of ours as the archive gets it; `depth` is how many messages led to it."""
    if event["name"] in SAID_BY_TIMERS:
        ids = event.get("user_id"), event.get("anonymous_id"), event.get("other_ids", {})
        person = identity.strongest(*ids)
    rank = (max(0, depth - 1), LAST, 0) if event["name"] == NOTIFICATION_SENT else (depth, FIRST, 0)
    return Entry(
        datetime.fromisoformat(event["received_at"]), person, rank, EVENT, event["name"], event["id"]
    )


def in_order(entries: list[Entry], until: datetime) -> list[Entry]:
    """By time; at one instant by person."""
    return sorted((entry for entry in entries if entry.instant <= until), key=_place)


def _place(entry: Entry) -> tuple[Any, ...]:
    return entry.instant, entry.person, entry.rank, entry.kind, entry.id, entry.event
