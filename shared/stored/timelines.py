"""A person's timeline: what the table has of it, and what the item of their profile has still."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.fold.profile import Profile
from shared.people.recent_events import shown
from shared.people.timeline import TimelineEvent, event, latest_of
from shared.ports.people import Timeline
from shared.stored.people import keys_of


def latest(
    timeline: Timeline, person: Profile | None, keys: Sequence[str], limit: int, at: datetime
) -> list[TimelineEvent]:
    """The latest `limit` events of the person, or of whoever is known by the `keys`, each once, oldest first.

    `at` is the current time: events that arrived longer ago than they are kept are not shown.
    """
    keys = keys_of(person) if person is not None else keys
    return latest_of([*timeline.read(keys, limit, at=at), *recent(person, at)], limit)


def recent(person: Profile | None, at: datetime) -> list[TimelineEvent]:
    return [event(row) for row in shown(person, at)] if person is not None else []
