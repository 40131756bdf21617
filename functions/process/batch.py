"""One batch of the stream: load its people, fold their records in order, save each, then say what was decided.

An ordinary batch is one round of that. Others follow for what had to wait: whoever was changed under our hands, and
records whose person's item must be saved before more is folded into it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from math import inf
from typing import Any

from functions.process import arrivals as reading
from functions.process.announcing import Announcing
from functions.process.arrivals import Arrival
from functions.process.failures import Failed, Failures, unexpected
from functions.process.people import People, Unit
from functions.process.progress import Counts, Progress
from functions.process.stored import load
from shared.current_workspace import CurrentWorkspace
from shared.outbox import KEPT, entry_size
from shared.ports import (
    Bus,
    DeadLetters,
    FailedTries,
    Profiles,
    Refused,
    Rejected,
    Timeline,
    TooLargeToStore,
    Unavailable,
    VersionConflict,
)

CONFLICTS = 5
"""Rounds for people whose item others keep changing, before the batch is retried."""

FIRST_PAUSE = 0.05
"""Seconds before the round after a conflict at most; each further pause may be twice as long (full jitter)."""


class PeopleNotSaved(Exception):
    """Some people's records are not saved or not announced: Lambda delivers the batch again. The others are done."""

    def __init__(self, counts: Counts) -> None:
        super().__init__(f"{counts.unsaved} records not saved, {counts.unsaid} not announced: {counts}")
        self.counts = asdict(counts)


@dataclass(frozen=True, slots=True)
class Process:
    """The stage and the ports it works on. `savers` people are saved at a time."""

    profiles: Profiles
    timeline: Timeline
    rejected: Rejected
    bus: Bus
    dead_letters: DeadLetters
    tries: FailedTries
    workspace: CurrentWorkspace
    clock: Callable[[], datetime]
    savers: int = 8
    pause: Callable[[float], None] = time.sleep

    def batch(self, kinesis_records: list[dict[str, Any]]) -> dict[str, int]:
        """Process the records of one invocation and count them. Raises when some must come again."""
        arrived, unreadable = reading.read(kinesis_records)
        progress = Progress(arrived, Failures(self.tries, self.dead_letters, self.clock))
        progress.counts.records = len(kinesis_records)
        progress.unreadable(unreadable)
        self._work_off(self._up_to_date(arrived, progress), progress)
        if progress.counts.unsaved or progress.counts.unsaid:
            raise PeopleNotSaved(progress.counts)
        return asdict(progress.counts)

    def _up_to_date(self, arrived: list[Arrival], progress: Progress) -> list[Arrival]:
        """The records that the workspace we can have is new enough for; the others come again."""
        if not arrived:
            return []
        try:
            self.workspace.at_least(max(arrival.record.workspace for arrival in arrived))
        except Unavailable:
            version = self.workspace.get().version
            newer = [arrival for arrival in arrived if arrival.record.workspace > version]
            progress.comes_again(newer)
        return progress.ready(arrived)

    def _work_off(self, pending: list[Arrival], progress: Progress) -> None:
        """Round after round, until each record is done or has to come again."""
        while pending := progress.ready(pending):
            try:
                stored = load(pending, self.profiles)
            except Exception as error:
                if isinstance(error, Unavailable) and not isinstance(error, Refused):
                    raise
                pending = self._unread(pending, unexpected(error), progress)
                continue
            people = People(stored, progress.firsts, progress.said, progress.most)
            self._fold(people, pending, progress)
            again = {
                id(arrival) for arrival in (*self._save(people, progress), *self._announce(people, progress))
            }
            pending = [arrival for arrival in pending if id(arrival) in again]

    def _unread(self, pending: list[Arrival], error: Exception, progress: Progress) -> list[Arrival]:
        """One of the records names what cannot be read. Halved, they show which; the others go on."""
        if len(pending) == 1:
            progress.failed([Failed(pending[0], error)])
            return []
        half = len(pending) // 2
        self._work_off(pending[:half], progress)
        return pending[half:]

    def _fold(self, people: People, pending: list[Arrival], progress: Progress) -> None:
        """Fold each record. One that cannot be holds up neither the shard nor its neighbours."""
        workspace = self.workspace.get()
        failed = []
        for arrival in pending:
            try:
                if progress.is_passed_over(arrival):
                    people.pass_over(arrival)
                else:
                    people.fold(arrival, workspace)
            except Exception as error:  # noqa: BLE001  whatever it is, it concerns this record only
                failed.append(Failed(arrival, error, people.start(arrival)))
        for one in progress.failed(failed):
            people.pass_over(one.arrival)

    def _save(self, people: People, progress: Progress) -> list[Arrival]:
        """Save every unit, as far as its items are still those that were read. The records that want another round."""
        units = []
        for unit in people.units():
            if progress.waits(unit.arrivals):
                progress.comes_again([*unit.arrivals, *unit.later])
            else:
                units.append(unit)
        again: list[Arrival] = []
        conflicted: list[Arrival] = []
        with ThreadPoolExecutor(self.savers) as pool:
            for unit, error in zip(
                units, pool.map(lambda unit: self._saved(people, unit), units), strict=True
            ):
                match error:
                    case None:
                        unit.is_saved = True
                        again += unit.later
                    case VersionConflict() if not progress.is_lasting(error, people.changes(unit)):
                        conflicted += [*unit.arrivals, *unit.later]
                    case Unavailable() if not isinstance(error, Refused):
                        progress.comes_again([*unit.arrivals, *unit.later])
                    case _:
                        again += self._refused(unit, error, progress)
        return [*again, *self._after_conflicts(conflicted, progress)]

    def _saved(self, people: People, unit: Unit) -> Exception | None:
        if not unit.keys:
            return None
        try:
            self.profiles.save(people.changes(unit), at=self.clock())
        except (Unavailable, VersionConflict, TooLargeToStore) as error:
            return error
        except Exception as error:  # noqa: BLE001  it concerns this unit only
            return unexpected(error)
        return None

    def _refused(self, unit: Unit, error: Exception, progress: Progress) -> list[Arrival]:
        """No retry would save all of it. With fewer records it shows whose fault it is; the one at fault fails."""
        count = len(unit.arrivals)
        if count > 1:
            progress.most = max(1, min(count, progress.most) // 2)
            return [*unit.arrivals, *unit.later]
        progress.most = inf
        for decided in unit.decided:
            for aside in progress.failed([Failed(decided.arrival, error, decided.entry.start)]):
                progress.pass_over(aside.arrival)
                return [aside.arrival, *unit.later]
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
            self.pause(random.uniform(0, FIRST_PAUSE * 2**progress.conflicts))
        return conflicted

    def _announce(self, people: People, progress: Progress) -> list[Arrival]:
        """Say what was decided about saved records. The records that want another round, to shorten an outbox."""
        decided = people.saved()
        later, failed = Announcing(self.timeline, self.rejected, self.bus).say(decided, self.workspace.get())
        for position in later:
            progress.unsaid(decided[position])
        aside = {
            id(one.entry)
            for one in progress.failed(
                [
                    Failed(decided[at].arrival, error, decided[at].entry.start, decided[at].entry)
                    for at, error in failed.items()
                ]
            )
        }
        again = []
        for position, one in enumerate(decided):
            if position in later or (position in failed and id(one.entry) not in aside):
                continue
            progress.announced(one)
            outbox = people.outbox(one.arrival)
            must_go = id(one.entry) in aside or sum(map(entry_size, outbox)) > KEPT
            if must_go and one.entry in outbox:
                again.append(one.arrival)
        return again
