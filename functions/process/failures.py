"""Records whose content fails: their tries are counted where they outlive this function, and after three the record is
put aside, so that it holds up neither its shard nor its neighbours.

Only what speaks of the content comes here: an exception of our own code, a refusal by the service that should keep it,
a conflict that reading again does not end. While a service is away, records wait, however long.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aws_lambda_powertools import Logger

from functions.process.arrivals import Arrival, Unreadable, dead_letter
from shared.events import derived_id
from shared.failures import Refused, Unavailable, UnreadableSlice, VersionConflict
from shared.fold.outbox import OutboxEntry
from shared.ports.streams import DeadLetters, FailedTries

MOST_TRIES = 3

logger = Logger()


@dataclass(frozen=True, slots=True)
class Failed:
    """`start` is the first of the record's events that is not saved. `entry` is what was saved of the record but cannot
    be announced.
    """

    arrival: Arrival
    error: Exception
    start: int = 0
    entry: OutboxEntry | None = None

    @property
    def is_certain(self) -> bool:
        """The fold and what is made for announcing are pure: what raised there, or was measured too large, does so
        again. Not what is stored: while an update or a roll-back is under way, another container may be able to read
        it."""
        return not isinstance(self.error, (Refused, VersionConflict, UnreadableSlice, MemoryError))

    @property
    def name(self) -> str:
        """A hash: a record's key may be an address."""
        what = "saved" if self.entry is None else "announced"
        return derived_id(self.arrival.record.key, self.arrival.sequence, str(self.start), what)


@dataclass(frozen=True, slots=True)
class Failures:
    tries: FailedTries
    dead_letters: DeadLetters
    clock: Callable[[], datetime]

    def put_aside(self, failed: Sequence[Failed]) -> tuple[list[Failed], int]:
        """Those that are dead letters now, and how many of them were none before. All others come again with their
        batch."""
        given_up = [one for one in failed if one.is_certain or self._tried(one) >= MOST_TRIES]
        known = self._with_dead_letter([one.name for one in given_up])
        new = [one for one in given_up if one.name not in known]
        for one in new:
            _log(one)
        kept = self._put(
            [one.name for one in new],
            [dead_letter(one.arrival, one.error, one.start, one.entry) for one in new],
        )
        return [one for one in given_up if one.name in known | kept], len(kept)

    def put_aside_unread(self, records: Sequence[Unreadable]) -> tuple[set[int], int]:
        """The positions of those that are dead letters now, of records that nobody can read, and how many of them were
        none before."""
        known = self._with_dead_letter([record.name for record in records])
        new = [record for record in records if record.name not in known]
        for record in new:
            logger.error(
                "a record cannot be read and is put aside",
                extra={**_place(record.error), "sequence": record.sequence},
            )
        kept = self._put([record.name for record in new], [record.dead_letter for record in new])
        return {at for at, record in enumerate(records) if record.name in known | kept}, len(kept)

    def _put(self, names: Sequence[str], letters: Sequence[bytes]) -> set[str]:
        """The names of those that are kept. They are noted, so that none is written again when its batch comes again
        and nothing on its person says so: they may have no profile, or one that cannot be read."""
        if not letters:
            return set()
        kept_not = set(self.dead_letters.put(letters))
        kept = [name for at, name in enumerate(names) if at not in kept_not]
        try:
            for name in kept:
                self.tries.note_dead_letter(name, self.clock())
        except Unavailable:
            logger.warning("dead letters could not be noted, and may be written twice")
        return set(kept)

    def _with_dead_letter(self, names: Sequence[str]) -> set[str]:
        """Those of the names that have one. Where nobody can say so, a second one does no harm: it is recognised."""
        found: set[str] = set()
        try:
            for name in names:
                if self.tries.has_dead_letter(name):
                    found.add(name)
        except Unavailable:
            logger.warning("it cannot be read which records have a dead letter: some may be written twice")
        return found

    def _tried(self, failed: Failed) -> int:
        """How often the record has failed by now. While nobody can count, it has not."""
        try:
            return self.tries.add(failed.name, self.clock())
        except Unavailable:
            return 0


def unexpected(error: Exception) -> Refused:
    """Nobody foresaw that a port raises this. It counts as a refusal: it may be of the moment, and may be for ever."""
    refused = Refused(type(error).__name__)
    refused.__cause__ = error
    return refused


def _log(failed: Failed) -> None:
    slice_ = {"slice": str(failed.error)} if isinstance(failed.error, UnreadableSlice) else {}
    logger.error(
        "a record failed for its content and is put aside",
        extra={
            **slice_,
            **_place(failed.error.__cause__ or failed.error),
            "sequence": failed.arrival.sequence,
            "request": failed.arrival.record.request,
        },
    )


def _place(error: BaseException) -> dict[str, object]:
    """What is logged of an exception: its message may quote the event; its name and its place do not."""
    return {"error": type(error).__name__, "where": traceback.format_tb(error.__traceback__)[-3:]}
