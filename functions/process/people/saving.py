"""Save what a round changed, each unit by itself, and tell what its failures mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf

from functions.process.arrivals import Arrival
from functions.process.failures import Failed, unexpected
from functions.process.people.changes import People
from functions.process.people.units import Unit
from functions.process.progress import Progress
from shared.failures import Refused, TooLargeToStore, Unavailable, VersionConflict
from shared.ports.people import Profiles
from shared.ports.runtime import Pause, Threads

CONFLICTS = 5
"""Rounds for people whose item others keep changing, before the batch is retried."""

FIRST_PAUSE = 0.05
"""Seconds before the round after a conflict at most; each further pause may be twice as long (full jitter)."""


@dataclass(frozen=True, slots=True)
class Saving:
    """`savers` units are saved at a time."""

    profiles: Profiles
    clock: Callable[[], datetime]
    savers: int
    threads: Threads
    pause: Pause

    def save(self, people: People, progress: Progress) -> list[Arrival]:
        """Save every unit, as far as its items are still those that were read. The records that want another round."""
        units = []
        for unit in people.saves.units():
            if progress.waits(unit.arrivals):
                progress.comes_again([*unit.arrivals, *unit.later])
            else:
                units.append(unit)
        again: list[Arrival] = []
        conflicted: list[Arrival] = []
        for unit, error in self._all_saved(people, units):
            match error:
                case None:
                    unit.is_saved = True
                    again += unit.later
                case VersionConflict() if not progress.is_lasting(error, people.saves.changes(unit)):
                    conflicted += [*unit.arrivals, *unit.later]
                case Unavailable() if not isinstance(error, Refused):
                    progress.comes_again([*unit.arrivals, *unit.later])
                case _:
                    again += self._refused(unit, error, progress)
        return [*again, *self._after_conflicts(conflicted, progress)]

    def _all_saved(self, people: People, units: list[Unit]) -> Iterator[tuple[Unit, Exception | None]]:
        """Each unit, and why it is not saved. Each thread saves its share: to hand over every unit by itself would take
        a fifth of what it takes to save one."""
        shares = [units[start :: self.savers] for start in range(min(self.savers, len(units)))]
        with self.threads(self.savers) as pool:
            saved = pool.map(lambda share: [self._saved(people, unit) for unit in share], shares)
            for share, errors in zip(shares, saved, strict=True):
                yield from zip(share, errors, strict=True)

    def _saved(self, people: People, unit: Unit) -> Exception | None:
        if not unit.keys:
            return None
        try:
            self.profiles.save(people.saves.changes(unit), at=self.clock())
        except (Unavailable, VersionConflict, TooLargeToStore) as error:
            return error
        except Exception as error:  # noqa: BLE001  it concerns this unit only
            return unexpected(error)
        return None

    def _refused(self, unit: Unit, error: Exception, progress: Progress) -> list[Arrival]:
        """No retry would save all of it. With fewer records it shows whose fault it is; the one at fault fails."""
        count = len(unit.decided)
        if count == 0:  # only a note, and it never will be saved: nobody is to wait for it
            return unit.later
        if count > 1:
            progress.most = max(1, min(count, progress.most) // 2)
            return [*unit.arrivals, *unit.later]
        progress.most = inf
        for decided in unit.decided:
            for aside in progress.failed([Failed(decided.arrival, error, decided.entry.start)]):
                progress.pass_over(aside.arrival)
                return [aside.arrival, *unit.noted, *unit.later]
        progress.comes_again(unit.noted)
        return unit.later

    def _after_conflicts(self, conflicted: list[Arrival], progress: Progress) -> list[Arrival]:
        """Others were quicker: after a pause the records are folded again on what those left."""
        if not conflicted:
            return []
        progress.conflicts += 1
        if progress.conflicts == CONFLICTS:
            progress.comes_again(conflicted)
            return []
        if progress.conflicts > 1:
            self.pause(FIRST_PAUSE * 2**progress.conflicts)
        return conflicted
