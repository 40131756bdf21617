"""The index of who is due, in memory, over the profiles of a process stage; and how far the sweep has come in it."""

from __future__ import annotations

from datetime import datetime

from shared.failures import Unavailable, VersionConflict
from shared.people.due import JUST_BEFORE, SHARDS, DueProfile, Progress, instant, is_claimed
from simulation.ports.faults import Faults
from simulation.ports.profiles import FakeProfiles


class FakeDueProfiles:
    """Shards in `throttled` answer nothing."""

    def __init__(self, profiles: FakeProfiles, faults: Faults | None = None) -> None:
        self._profiles = profiles
        self._faults = faults or Faults()
        self.progress: Progress | None = None
        self._busy_until: datetime | None = None
        self.throttled: set[int] = set()

    def due(self, shard: int, after: str, until: str, limit: int) -> list[DueProfile]:
        if shard in self.throttled:
            raise Unavailable("throttled on command")
        found = [due for due in self._profiles.due_in(shard) if after < due.place <= until]
        self._faults.called("due.due")
        return found[:limit]

    def is_waiting(self, shard: int, place: str) -> bool:
        return any(due.place == place for due in self._profiles.due_in(shard))

    def claim(self, now: datetime, until: datetime, first: datetime) -> Progress | None:
        if is_claimed(self._busy_until, now, until):
            return None
        read = self.progress or Progress.starting(self.soonest(first))
        self.progress = read._replace(version=read.version + 1)
        self._busy_until = until
        self._faults.called("due.claim")
        return self.progress

    def soonest(self, first: datetime) -> datetime:
        places = (due.place for shard in range(SHARDS) for due in self._profiles.due_in(shard))
        return min([first, *(instant(place) - JUST_BEFORE for place in places)])

    def save(self, progress: Progress, until: datetime | None) -> None:
        if self.progress is None or progress.version != self.progress.version:
            raise VersionConflict("another round has claimed the sweep")
        self.progress, self._busy_until = progress, until
        self._faults.called("due.save")
