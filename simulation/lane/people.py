"""People of the lane, and who of them is due when."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from functions.process.announcing.decided import Decided, Recent
from functions.process.people.recent import Settled, settled
from shared.failures import VersionConflict
from shared.fold.profile import Changes, Pointer, Profile
from shared.people import due
from shared.people.due import DueProfile
from shared.people.recent_events import Section
from simulation.ports.profiles import FakeProfiles


def as_they_are(person: Profile, decided: Sequence[Decided], days: int) -> Settled:
    """Without bytes, and with events that leave for no chunk of the timeline: nobody will read them."""
    rows = [row for one in decided for row in one.rows]
    return Settled(person, b"", Recent([Section(days, b"", b"", rows)]))


class Stored(FakeProfiles):
    """As bytes, encoded and decoded as the table's items are."""

    settle = staticmethod(settled)

    def __init__(self) -> None:
        super().__init__()
        self._due_at: dict[str, datetime] = {}
        self._places: dict[str, str] = {}
        self._soonest: list[tuple[str, str]] = []

    def save(self, changes: Changes, *, at: datetime) -> None:
        super().save(changes, at=at)
        self._index(changes, at)

    def next_due(self) -> DueProfile | None:
        """Whoever is first in the index and was not yet taken."""
        while self._soonest:
            place, key = self._soonest[0]
            if self._places.get(key) == place:
                return DueProfile(key, place)
            heapq.heappop(self._soonest)
        return None

    def taken(self) -> None:
        """That one was sent a timer: it is next again only once it is saved."""
        heapq.heappop(self._soonest)

    def due_by(self, until: datetime) -> list[DueProfile]:
        """Everybody who is due by then, wherever they are in the index: who was overdue when saved is later there."""
        found = sorted((at, key) for key, at in self._due_at.items() if at <= until)
        return [DueProfile(key, self._places[key]) for _, key in found]

    def _index(self, changes: Changes, at: datetime) -> None:
        items: tuple[Profile | Pointer, ...] = (*changes.profiles, *changes.pointers)
        for item in items:
            self._due_at.pop(item.key, None)
            self._places.pop(item.key, None)
            if isinstance(item, Profile) and item.due_at is not None:
                self._due_at[item.key] = item.due_at
                self._places[item.key] = due.place(item.key, due.indexed_at(item.due_at, at))
                heapq.heappush(self._soonest, (self._places[item.key], item.key))


class Kept(Stored):
    """As they are, which is quicker: between two batches as within one."""

    settle = staticmethod(as_they_are)

    def __init__(self) -> None:
        super().__init__()
        self._people: dict[str, Profile | Pointer] = {}

    def load(self, keys: Collection[str]) -> dict[str, Profile | Pointer]:
        return {key: self._people[key] for key in keys if key in self._people}

    def save(self, changes: Changes, *, at: datetime) -> None:
        items: tuple[Profile | Pointer, ...] = (*changes.profiles, *changes.pointers)
        for item in items:
            before = self._people.get(item.key)
            if item.version != (0 if before is None else before.version):
                raise VersionConflict("a simulation has one writer", [item.key])
        for item in items:
            self._people[item.key] = replace(item, version=item.version + 1)
        self._index(changes, at)
