"""A portion of a record and what was decided about it: all that is needed to announce it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from functions.process.arrivals import Arrival
from shared.events import Event
from shared.fold.effects import is_timer
from shared.fold.outbox import Decisions, OutboxEntry
from shared.fold.outcome import Cut
from shared.fold.profile import Profile
from shared.people.recent_events import Section, name_hash
from shared.people.timeline_rows import Row, RowKey, row

Arrived = tuple[RowKey, int]
"""An event, and when it arrived: an id that comes again after weeks is that of another event."""


class Packed(NamedTuple):
    """Rows, and these as a chunk has them."""

    rows: Sequence[Row]
    data: bytes


@dataclass(frozen=True)
class Recent:
    """What the person's item has of the timeline, read when it is asked for; and the chunk that takes what the item has
    no room for, if whoever saved it has packed it."""

    sections: Sequence[Section] = ()
    chunk: Packed | None = None

    @cached_property
    def in_item(self) -> Set[Arrived]:
        """The events that are in no chunk. Raises UnreadableSlice."""
        return {
            (one.key, one.received) for part in self.sections if not part.announced_with for one in part.rows
        }

    def announced_with(self, entry: OutboxEntry) -> list[Row]:
        """Those that are to be in the chunk of this entry of the outbox. Raises UnreadableSlice."""
        if not any(part.announced_with for part in self.sections):
            return []
        name = name_hash(entry.name)
        return [one for part in self.sections if part.announced_with == name for one in part.rows]


NONE = Recent()


@dataclass(eq=False)
class Decided:
    """`entry` was decided now, or when the record was here before; `person` is as of then, or as of now. `cut` names
    what would have followed and does not, if it was decided now; `recent` is as of when it is announced."""

    arrival: Arrival
    person: Profile
    entry: OutboxEntry
    cut: tuple[Cut, ...] = ()
    recent: Recent = NONE

    @property
    def decisions(self) -> Decisions:
        return self.entry.decisions

    @property
    def indexes(self) -> range:
        """The portion: indexes of the record's events."""
        count = len(self.arrival.events)
        return range(self.entry.start, count if self.entry.end is None else min(self.entry.end, count))

    @property
    def gone(self) -> set[int]:
        """Indexes of the record's events that are not kept: repeated or refused."""
        return {*self.decisions.duplicates, *(refusal.index for refusal in self.decisions.refused)}

    @property
    def archived(self) -> int:
        """How many go to the archive."""
        return len(self.kept)

    @cached_property
    def events(self) -> list[Event]:
        """The record's, and those that were derived."""
        return self.decisions.with_derived(self.arrival.events)

    @cached_property
    def kept(self) -> list[int]:
        """Indexes of the portion's events that are kept: timers are not, and what was derived is."""
        gone, events, arriving = self.gone, self.events, len(self.arrival.events)
        portion = (*self.indexes, *range(arriving, len(events)))
        return [index for index in portion if index not in gone and not is_timer(events[index])]

    @cached_property
    def rows(self) -> list[Row]:
        """Those events for the timeline."""
        events = self.events
        return [row(events[index]) for index in self.kept]

    @property
    def earlier(self) -> list[Row]:
        """Events that the item had before, and that go into a chunk together with these. Raises UnreadableSlice."""
        return self.recent.announced_with(self.entry)

    @property
    def leaving(self) -> list[Row]:
        """Those of its own events that go into a chunk: all but those that stay in the item. Raises UnreadableSlice."""
        in_item = self.recent.in_item
        return [one for one in self.rows if (one.key, one.received) not in in_item] if in_item else self.rows
