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
from shared.failures import Refused, Unavailable, VersionConflict
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
        again."""
        return not isinstance(self.error, (Refused, VersionConflict, MemoryError))

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

    def put_aside(self, failed: Sequence[Failed]) -> list[Failed]:
        """Those that are dead letters now. All others come again with their batch."""
        given_up = [one for one in failed if one.is_certain or self._tried(one) >= MOST_TRIES]
        if not given_up:
            return []
        for one in given_up:
            _log(one)
        letters = [dead_letter(one.arrival, one.error, one.start, one.entry) for one in given_up]
        kept_not = set(self.dead_letters.put(letters))
        return [one for at, one in enumerate(given_up) if at not in kept_not]

    def put_aside_unread(self, records: Sequence[Unreadable]) -> set[int]:
        """The positions of those that are kept, of records that nobody can read."""
        if not records:
            return set()
        for record in records:
            logger.error(
                "a record cannot be read and is put aside",
                extra={**_place(record.error), "sequence": record.sequence},
            )
        return {*range(len(records))} - {*self.dead_letters.put([record.dead_letter for record in records])}

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
    logger.error(
        "a record failed for its content and is put aside",
        extra={
            **_place(failed.error.__cause__ or failed.error),
            "sequence": failed.arrival.sequence,
            "request": failed.arrival.record.request,
        },
    )


def _place(error: BaseException) -> dict[str, object]:
    """What is logged of an exception: its message may quote the event; its name and its place do not."""
    return {"error": type(error).__name__, "where": traceback.format_tb(error.__traceback__)[-3:]}
