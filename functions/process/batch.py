"""One batch of the stream: load its people, fold their records in order, save each person, then announce the decisions.

An ordinary batch is one round of that. Further rounds handle people whom another writer has changed in the meantime,
and records whose person must be saved before more is folded.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from functions.process import arrivals as reading
from functions.process.account import Account
from functions.process.announcing.announcing import Announcing
from functions.process.arrivals import Arrival
from functions.process.failures import Failed, Failures, unexpected
from functions.process.people.changes import People
from functions.process.people.recent import Settling, settled
from functions.process.people.saving import Saving
from functions.process.people.stored import load
from functions.process.progress import Counts, Progress
from shared.aws.runtime import RUNTIME
from shared.failures import Refused, Unavailable
from shared.fold.outcome import Cut, CutFor
from shared.ports.people import Profiles, Timeline
from shared.ports.rejected import Rejected
from shared.ports.runtime import Pause, Threads
from shared.ports.streams import Bus, DeadLetters, FailedTries
from shared.stored.current_workspace import CurrentWorkspace

MOST_NAMED = 20
"""Names of what was cut in one line of the log."""

CUT = {
    CutFor.CIRCLE: "the workspace goes round in circles",
    CutFor.TOO_MUCH: "more would follow from one event than may; the rest was dropped",
}
"""What the log says of what would have followed, with the names."""

logger = Logger()


class PeopleNotSaved(Exception):
    """Some people's records are not saved or not announced: Lambda delivers the batch again. The others are done."""

    def __init__(self, counts: Counts) -> None:
        super().__init__(f"{counts.unsaved} records not saved, {counts.unsaid} not announced: {counts}")
        self.counts = counts.named()


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
    threads: Threads = ThreadPoolExecutor
    pause: Pause = RUNTIME.pause
    settle: Settling = settled

    def batch(self, kinesis_records: list[dict[str, Any]], account: Account | None = None) -> dict[str, int]:
        """Process the records of one invocation and return the counts; `account` gets what became of each. Raises
        PeopleNotSaved if some must come again."""
        arrived, unreadable = reading.read(kinesis_records)
        progress = Progress(arrived, Failures(self.tries, self.dead_letters, self.clock), account)
        progress.counts.records = len(kinesis_records)
        progress.unreadable(unreadable)
        self._work_off(self._up_to_date(arrived, progress), progress)
        _log_cut(progress.cut)
        if progress.counts.unsaved or progress.counts.unsaid:
            raise PeopleNotSaved(progress.counts)
        return progress.counts.named()

    def _up_to_date(self, arrived: list[Arrival], progress: Progress) -> list[Arrival]:
        """The records for which the available workspace is new enough, or the latest that can be read. The others come
        again."""
        if not arrived:
            return []
        try:
            workspace = self.workspace.nearest(max(arrival.record.workspace for arrival in arrived))
        except Unavailable:
            version = self.workspace.get().version
            newer = [arrival for arrival in arrived if arrival.record.workspace > version]
            progress.comes_again(newer)
            return progress.ready([arrival for arrival in arrived if arrival.record.workspace <= version])
        progress.counts.older_workspace = sum(
            arrival.record.workspace > workspace.version for arrival in arrived
        )
        return progress.ready(arrived)

    def _work_off(self, pending: list[Arrival], progress: Progress) -> None:
        """Run rounds until each record is done or must come again."""
        saving = Saving(self.profiles, self.clock, self.savers, self.threads, self.pause)
        while pending := progress.ready(pending):
            try:
                stored = load(pending, self.profiles)
            except Exception as error:
                if isinstance(error, Unavailable) and not isinstance(error, Refused):
                    raise
                pending = self._unread(pending, unexpected(error), progress)
                continue
            people = People(
                stored, progress.firsts, progress.said, progress.aside, progress.most, self.settle
            )
            self._fold(people, pending, progress)
            again = [*saving.save(people, progress), *self._announce(people, progress)]
            wanted = set(map(id, again))
            pending = [arrival for arrival in pending if id(arrival) in wanted]

    def _unread(self, pending: list[Arrival], error: Exception, progress: Progress) -> list[Arrival]:
        """Find the record whose people cannot be read, by halving the records. The others continue."""
        if len(pending) == 1:
            progress.failed([Failed(pending[0], error)])
            return []
        half = len(pending) // 2
        self._work_off(pending[:half], progress)
        return pending[half:]

    def _fold(self, people: People, pending: list[Arrival], progress: Progress) -> None:
        """Fold each record. A failing record does not hold up the shard or its neighbours."""
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
        progress.account.done_before(people.covered)
        for one in progress.failed(failed):
            people.pass_over(one.arrival)

    def _announce(self, people: People, progress: Progress) -> list[Arrival]:
        """Announce the decisions about saved records. Returns the records that need another round, to shorten an
        outbox."""
        decided = people.saves.announced(people.decided)
        later, failed = Announcing(self.timeline, self.rejected, self.bus).say(decided, self.workspace.get())
        aside = progress.failed(
            [
                Failed(one.arrival, failed[at], one.entry.start, one.entry)
                for at, one in enumerate(decided)
                if at in failed
            ]
        )
        put_aside = {one.entry.name for one in aside if one.entry is not None}
        again = []
        for at, one in enumerate(decided):
            is_aside = one.entry.name in put_aside
            if at in later:
                progress.unsaid(one)
            elif is_aside or at not in failed:
                progress.announced(one, is_aside=is_aside)
                if people.must_let_go(one.entry, one.arrival, at_once=is_aside):
                    again.append(one.arrival)
        return again


def _log_cut(cut: Set[Cut]) -> None:
    """One line for each reason, with the names that it concerns."""
    for why, sentence in CUT.items():
        if names := sorted(one.name for one in cut if one.why is why):
            logger.warning(sentence, extra={"cut": names[:MOST_NAMED], "of": len(names)})
