"""A portion of a record and what was decided about it: all that is needed to announce it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from functions.process.arrivals import Arrival
from shared.events import Event
from shared.failures import UnreadableSlice
from shared.fold.effects import is_timer
from shared.fold.outbox import Decisions, OutboxEntry
from shared.fold.outcome import Cut
from shared.fold.profile import Profile
from shared.people.recent_events import name_hash
from shared.people.timeline_rows import Row, RowKey, row

Arrived = tuple[RowKey, int]
"""An event, and when it arrived: an id that comes again after weeks is that of another event."""


class Recent(NamedTuple):
    """What the person's item has of the timeline: which events are in no chunk; and those that are to be
    in the chunk of an outbox entry, by the hash of its name."""

    in_item: Set[Arrived] = frozenset()
    announced_with: Mapping[bytes, Sequence[Row]] = MappingProxyType({})


NONE = Recent()


@dataclass(frozen=True)
class Decided:
    """`entry` was decided now, or when the record was here before; `person` is as of then, or as of now. `cut` names
    what would have followed and does not, if it was decided now; `recent` is why it cannot be read, where it cannot."""

    arrival: Arrival
    person: Profile
    entry: OutboxEntry
    cut: tuple[Cut, ...] = ()
    recent: Recent | UnreadableSlice = NONE

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
    def rows(self) -> int:
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

    @property
    def kept_events(self) -> list[Event]:
        return [self.events[index] for index in self.kept]

    @property
    def earlier(self) -> Sequence[Row]:
        """Events that the item had before, and that go into a chunk together with these. Raises UnreadableSlice."""
        recent = self._recent().announced_with
        return recent.get(name_hash(self.entry.name), ()) if recent else ()

    @property
    def leaving(self) -> list[Row]:
        """Those of its own events that go into a chunk: all but those that stay in the item. Raises UnreadableSlice."""
        in_item = self._recent().in_item
        return [one for one in map(row, self.kept_events) if (one.key, one.received) not in in_item]

    def _recent(self) -> Recent:
        if isinstance(self.recent, UnreadableSlice):
            raise self.recent
        return self.recent
