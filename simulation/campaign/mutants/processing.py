"""A `process` that does its steps in another order, or forgets one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zlib import crc32

from functions.process.arrivals import Arrival
from functions.process.batch import Process
from functions.process.people.changes import People
from functions.process.people.retention import Retention
from functions.process.people.saving import Saving
from functions.process.progress import Progress
from shared.failures import VersionConflict
from shared.fold.outbox import OutboxEntry
from shared.fold.parts import duplicates
from shared.fold.parts.duplicates import whole_records
from shared.fold.profile import Profile
from simulation.campaign.mutants.planting import Mutant, Replacement

ONE_IN = 10_000


def _announces_first() -> list[Replacement]:
    """What was decided is announced when it is folded; after the save, it counts as said."""
    fold, announce = Process._fold, Process._announce

    def folded(self: Any, people: Any, pending: Any, progress: Any) -> None:
        fold(self, people, pending, progress)
        saved = people.saved
        people.saved = lambda: list(people.decided)
        people.said_before = announce(self, people, progress)
        people.saved = saved

    return [
        (Process, "_fold", folded),
        (Process, "_announce", lambda _self, people, _progress: people.said_before),
    ]


def _no_watermark() -> list[Replacement]:
    """A record that comes again is folded again, and its events are not known from the first time.

    The mark alone may be missing without harm: the latest 512 events and 64 requests of a person are remembered against
    clients that send again, and know those of a record too. So both are gone here, for records that come again;
    what a client sends again is known as ever.
    """
    covers, apply, repeated = Profile.covers, duplicates.apply, whole_records.repeated
    comes_again = False

    def covered(person: Profile, key: str, sequence: str) -> bool:
        nonlocal comes_again
        comes_again = covers(person, key, sequence)  # the record that is folded next
        return False

    def applied(state: Any, event: Any, facts: Any) -> Any:
        return apply(duplicates.EMPTY if comes_again else state, event, facts)

    def repeats(*args: Any) -> Any:
        return None if comes_again else repeated(*args)

    return [
        (Profile, "covers", covered),
        (duplicates, "apply", applied),
        (whole_records, "repeated", repeats),
    ]


def _passes_waiting() -> list[Replacement]:
    """Each record is saved by itself, and what follows one that comes again does not wait for it.

    Records of one key are saved together as a rule, and fail together: that the others do not wait is without harm
    then. So both are gone here.
    """
    begin, save = Progress.__init__, Saving.save

    def begun(self: Progress, *args: Any) -> None:
        begin(self, *args)
        self.most = 1

    def saved(self: Saving, people: People, progress: Progress) -> list[Arrival]:
        again = save(self, people, progress)
        wanted = set(map(id, again))
        later = [one for unit in people.saves.units() if not unit.is_saved for one in unit.later]
        return [*again, *(one for one in later if id(one) not in wanted)]

    def ready(_self: Progress, pending: Iterable[Arrival]) -> list[Arrival]:
        return list(pending)

    return [
        (Progress, "__init__", begun),
        (Progress, "ready", ready),
        (Progress, "waits", lambda _self, _arrivals: False),
        (Saving, "save", saved),
    ]


def forgets_records(one_in: int, lost: set[int] | None = None) -> list[Replacement]:
    """Some records, by their hash, are lost between the batch and the fold, and nothing fails. `lost` gets their
    sequence numbers."""
    real = Progress.ready

    def is_lost(one: Arrival) -> bool:
        return crc32(str(one.sequence).encode()) % one_in == 0

    def ready(self: Progress, pending: Iterable[Arrival]) -> list[Arrival]:
        found = real(self, pending)
        if lost is not None:
            lost.update(int(one.sequence) for one in found if is_lost(one))
        return [one for one in found if not is_lost(one)]

    return [(Progress, "ready", ready)]


def _ignores_conflicts() -> list[Replacement]:
    real = Saving._saved

    def saved(self: Any, people: Any, unit: Any) -> Exception | None:
        error = real(self, people, unit)
        return None if isinstance(error, VersionConflict) else error

    return [(Saving, "_saved", saved)]


def _drops_outbox() -> list[Replacement]:
    """The outbox keeps only what was decided last."""

    def may_be_asked_for(_self: Retention, _entry: OutboxEntry, _forgotten: datetime) -> bool:
        return False

    return [(Retention, "_may_be_asked_for", may_be_asked_for)]


MUTANTS = (
    Mutant(
        "publish before save",
        "decisions are announced before they are saved, and not after",
        _announces_first,
    ),
    Mutant("no watermark", "a record that comes again is folded again", _no_watermark),
    Mutant(
        "mark passes a waiting record",
        "records are saved one by one, and marked though one before them comes again",
        _passes_waiting,
    ),
    Mutant("record forgotten", f"process forgets one record in {ONE_IN:,}", lambda: forgets_records(ONE_IN)),
    Mutant("conflict ignored", "a save that met another version counts as saved", _ignores_conflicts),
    Mutant(
        "outbox dropped too early", "what was decided before is let go of before it was said", _drops_outbox
    ),
)
