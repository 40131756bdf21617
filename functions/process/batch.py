"""One batch of the stream: load its people, fold their records in order, save each, then say what was decided."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from functions.process import arrivals as reading
from functions.process.announcements import announcements
from functions.process.arrivals import Arrival
from functions.process.decided import Decided
from functions.process.people import People, Unit
from functions.process.stored import load
from shared.current_workspace import CurrentWorkspace
from shared.ports import (
    Bus,
    DeadLetters,
    Profiles,
    Rejected,
    Timeline,
    TooLargeToStore,
    Unavailable,
    VersionConflict,
)
from shared.workspace import Workspace

TRIES = 5
"""How often people whose item changed under our hands are loaded and folded again before the batch is retried."""

logger = Logger()


class PeopleNotSaved(Exception):
    """Some people's records are not saved or not announced: Lambda delivers the batch again. The others are done."""


class LettersNotKept(Exception):
    """A record that cannot be folded could not be put aside: nothing may be saved past it."""


@dataclass(slots=True)
class Saved:
    """Records of units that were not saved, by what has to happen with them; and those whose turn comes now."""

    conflicted: list[Arrival] = field(default_factory=list)
    failed: list[Arrival] = field(default_factory=list)
    too_large: list[Arrival] = field(default_factory=list)
    later: list[Arrival] = field(default_factory=list)

    @property
    def waiting(self) -> set[int]:
        return {id(arrival) for arrival in (*self.conflicted, *self.failed, *self.too_large)}

    @property
    def letters(self) -> list[bytes]:
        """What no retry would save is put aside."""
        too_large = TooLargeToStore("the person's item")
        return [reading.dead_letter(arrival, too_large) for arrival in self.too_large]


@dataclass(frozen=True, slots=True)
class Process:
    """The stage and the ports it works on. `savers` people are saved at a time."""

    profiles: Profiles
    timeline: Timeline
    rejected: Rejected
    bus: Bus
    dead_letters: DeadLetters
    workspace: CurrentWorkspace
    clock: Callable[[], datetime]
    savers: int = 8

    def batch(self, kinesis_records: list[dict[str, Any]]) -> dict[str, int]:
        """Process the records of one invocation and count them. Raises when some must come again."""
        arrived, unreadable = reading.read(kinesis_records)
        self._put_aside(unreadable)
        decided, unsaved, poison = self._settled(arrived) if arrived else ([], [], 0)
        unsaid = self._announced(decided)
        counts = {
            "records": len(kinesis_records),
            "dead_letters": len(unreadable) + poison,
            "events": sum(len(one.arrival.events) for one in decided),
            "duplicates": sum(len(one.decisions.duplicates) for one in decided),
            "refused": sum(len(one.decisions.refused) for one in decided),
            "messages_requested": sum(len(one.decisions.requests) for one in decided),
            "unsaved": len(unsaved),
            "unsaid": len(unsaid),
        }
        if unsaved or unsaid:
            raise PeopleNotSaved(f"{len(unsaved)} records not saved, {len(unsaid)} not announced: {counts}")
        return counts

    def _settled(self, arrived: list[Arrival]) -> tuple[list[Decided], list[Arrival], int]:
        """Fold and save. What was decided about the saved records, the records not saved, how many were put aside."""
        workspace = self.workspace.at_least(max(arrival.record.workspace for arrival in arrived))
        firsts: dict[str, str] = {}
        for arrival in arrived:
            firsts.setdefault(arrival.record.key, arrival.sequence)
        decided: list[Decided] = []
        pending, conflicts, poison = arrived, 0, 0
        unsaved: list[Arrival] = []
        while pending and conflicts < TRIES:
            people = People(load(pending, self.profiles), firsts)
            letters = _fold(people, pending, workspace)
            self._put_aside(letters)
            saved = self._save(people)
            self._put_aside(saved.letters)
            poison += len(letters) + len(saved.letters)
            decided += [one for one in people.decided if id(one.arrival) not in saved.waiting]
            unsaved += saved.failed
            conflicts += bool(saved.conflicted)
            again = {id(arrival) for arrival in (*saved.conflicted, *saved.later)}
            pending = [arrival for arrival in pending if id(arrival) in again]
        return decided, [*unsaved, *pending], poison

    def _save(self, people: People) -> Saved:
        """Save every unit, as far as its items are still those that were read."""
        now = self.clock()

        def save(unit: Unit) -> Exception | None:
            try:
                self.profiles.save(people.changes(unit), at=now)
            except (VersionConflict, Unavailable, TooLargeToStore) as error:
                return error
            return None

        units, saved = people.units(), Saved()
        with ThreadPoolExecutor(self.savers) as pool:
            for unit, error in zip(units, pool.map(save, units), strict=True):
                match error:
                    case None:
                        saved.later += unit.later
                    case VersionConflict():
                        saved.conflicted += [*unit.arrivals, *unit.later]
                    case TooLargeToStore():
                        saved.too_large += [*unit.arrivals, *unit.later]
                    case _:
                        saved.failed += [*unit.arrivals, *unit.later]
        return saved

    def _announced(self, decided: Sequence[Decided]) -> set[int]:
        """Say everything; the positions of records of which something could not be said."""
        said = announcements(decided, self.workspace.get())
        failed = {said.of_refusals[at] for at in self.rejected.put(said.refusals)} if said.refusals else set()
        if said.chunks:
            failed |= {position for at in self.timeline.put(said.chunks) for position in said.of_chunks[at]}
        if said.entries:
            failed |= {position for at in self.bus.publish(said.entries) for position in said.of_entries[at]}
        return failed

    def _put_aside(self, letters: Sequence[bytes]) -> None:
        if letters and (kept_not := self.dead_letters.put(letters)):
            raise LettersNotKept(f"{len(kept_not)} of {len(letters)} dead letters were not kept")


def _fold(people: People, pending: Sequence[Arrival], workspace: Workspace) -> list[bytes]:
    """Fold each record; a dead letter for each that cannot be: it blocks neither the shard nor its neighbours."""
    letters = []
    for arrival in pending:
        try:
            people.fold(arrival, workspace)
        except Exception as error:  # noqa: BLE001  whatever it is, it concerns this record only
            logger.error(  # noqa: TRY400 - an exception's message may quote the event; its place does not
                "a record could not be folded and was put aside",
                extra={
                    "error": type(error).__name__,
                    "where": traceback.format_tb(error.__traceback__)[-3:],
                    "sequence": arrival.sequence,
                    "request": arrival.record.request,
                },
            )
            letters.append(reading.dead_letter(arrival, error))
    return letters
