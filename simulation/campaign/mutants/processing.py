"""A `process` that does its steps in another order, or forgets one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zlib import crc32

from functions.process.arrivals import Arrival
from functions.process.batch import Process
from functions.process.people.retention import Retention
from functions.process.people.saving import Saving
from functions.process.progress import Progress
from shared.failures import VersionConflict
from shared.fold.outbox import OutboxEntry
from shared.fold.profile import Profile
from simulation.campaign.mutants.planting import Mutant, Replacement

ONE_IN = 50


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
    """A record that comes again is folded again."""
    return [
        (Profile, "covers", lambda _self, _key, _sequence: False),
        (Profile, "done_of", lambda _self, _key, _sequence: 0),
    ]


def _passes_waiting() -> list[Replacement]:
    """What follows a record that comes again does not wait for it."""

    def ready(_self: Progress, pending: Iterable[Arrival]) -> list[Arrival]:
        return list(pending)

    return [(Progress, "ready", ready), (Progress, "waits", lambda _self, _arrivals: False)]


def _forgets_records() -> list[Replacement]:
    """Some records are lost between the batch and the fold, and nothing fails."""
    real = Progress.ready

    def ready(self: Progress, pending: Iterable[Arrival]) -> list[Arrival]:
        return [one for one in real(self, pending) if crc32(str(one.sequence).encode()) % ONE_IN]

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
        "records are folded and marked though one before them comes again",
        _passes_waiting,
    ),
    Mutant("record forgotten", f"process forgets one record in {ONE_IN}", _forgets_records),
    Mutant("conflict ignored", "a save that met another version counts as saved", _ignores_conflicts),
    Mutant(
        "outbox dropped too early", "what was decided before is let go of before it was said", _drops_outbox
    ),
)
