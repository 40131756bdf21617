"""The timer of a due person: a record with one event that only says "look at the clock"."""

from __future__ import annotations

from datetime import datetime

from shared import identity, records
from shared.events import HEADRACE, derived_id, utc_text
from shared.fold.effects import TIMER_DUE
from shared.people.due import DueProfile, instant
from shared.ports.streams import StreamEntry


def timer(due: DueProfile, now: datetime) -> StreamEntry:
    timer_id = derived_id(TIMER_DUE, due.key, utc_text(instant(due.place)))
    common = {
        "key": due.key,
        "source": HEADRACE,
        "protocol": HEADRACE,
        "trust": "server",
        "workspace": 0,
        "request": timer_id,
        "received_at": now,
        "tally": {"received": 1, "accepted": 1, "rejected": 0},
    }
    event = {
        "id": timer_id,
        "type": "system",
        "name": TIMER_DUE,
        **identity.naming(due.key),
        "occurred_at": now,
    }
    return StreamEntry(due.key, records.encode(common, [event]))
