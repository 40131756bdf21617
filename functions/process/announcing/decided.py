"""A portion of a record and what was decided about it: all that is needed to announce it."""

from __future__ import annotations

from dataclasses import dataclass

from functions.process.arrivals import Arrival
from shared.fold.effects import is_timer
from shared.fold.outbox import Decisions, OutboxEntry
from shared.fold.profile import Profile


@dataclass(frozen=True, slots=True)
class Decided:
    """`entry` was decided now, or when the record was here before; `person` is as of then, or as of now. `cut` names
    what would have followed in a circle, if it was decided now."""

    arrival: Arrival
    person: Profile
    entry: OutboxEntry
    cut: tuple[str, ...] = ()

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
        """How many go to the archive: timers do not, and what was derived does."""
        gone, events = self.gone, self.arrival.events
        kept = sum(index not in gone and not is_timer(events[index]) for index in self.indexes)
        return kept + len(self.decisions.derived)

    @property
    def name(self) -> str:
        """The portion's place on the stream, as a timeline chunk is named after it."""
        place = f"{self.entry.key}@{self.entry.sequence}"
        if self.entry.start or self.entry.turn:
            place += f"+{self.entry.start}"
        return f"{place}.{self.entry.turn}" if self.entry.turn else place
