"""One round of the sweep: whoever is due gets a timer event on the stream, then the cursor moves on.

A timer says only "look at the clock": one too many changes nothing, so a round that dies half-way is simply repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import identity, records
from shared.events import HEADRACE, derived_id, utc_text
from shared.fold.effects import TIMER_DUE
from shared.ports import DueProfiles, Stream, StreamEntry

LOOK_BACK = timedelta(minutes=2)
"""The cursor stays so far behind the clock: a profile saved meanwhile may enter a minute that has just begun."""

FIRST_LOOK = timedelta(minutes=10)
"""How far the first sweep of a new stack looks back; each minute is eight queries."""

WIDEST = timedelta(hours=1)
"""How much of the past one round goes through. After a longer pause, like a laptop's night, rounds catch up."""

MOST_TIMERS = 5_000
"""Timers of one round; those of a greater crowd follow in the next rounds, soonest first."""


class TimersNotSent(Exception):
    """Some timers could not be put on the stream; the cursor stays, and the next round sends them."""


@dataclass(frozen=True, slots=True)
class Sweep:
    due_profiles: DueProfiles
    stream: Stream

    def round(self, now: datetime) -> int:
        """Send a timer to everybody who is due at `now`; how many. Raises TimersNotSent."""
        since = self.due_profiles.cursor() or now - FIRST_LOOK
        until = min(now, since + WIDEST)
        due = self.due_profiles.due(since, until, MOST_TIMERS)
        unsent = self.stream.put([_timer(key, at, now) for key, at in due]) if due else []
        if unsent:
            raise TimersNotSent(f"{len(unsent)} of {len(due)} timers were not put on the stream")
        reached = due[-1][1] if len(due) == MOST_TIMERS else until
        self.due_profiles.advance(max(since, min(reached, now - LOOK_BACK)))
        return len(due)


def _timer(key: str, due_at: datetime, now: datetime) -> StreamEntry:
    timer_id = derived_id(TIMER_DUE, key, utc_text(due_at))
    common = {
        "key": key,
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
        **identity.naming(key),
        "occurred_at": now,
    }
    return StreamEntry(key, records.encode(common, [event]))
