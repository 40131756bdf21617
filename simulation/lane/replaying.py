"""The same records from nothing, delivered otherwise: in other cuts, several times, with the sweep late or away; and
people stored as bytes between two batches.

The law of the fold says that nobody can tell from what was decided; see `shared.fold.run`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.people.due import DueProfile, instant
from shared.records import RETENTION
from simulation.lane.people import Stored
from simulation.lane.plan import Changed
from simulation.lane.recording import SAID_EVERY, Advance, Recorded, unseen
from simulation.lane.stages import LambdaRecord, Stages

USUAL_CUT = 25
"""Records in a batch where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`cut` records a batch, each delivered so many times: all but the last time it may end early, as after a crash;
    where, the seed says. `sweep` comes so late, and not before a time."""

    times: int = 1
    cut: int | None = None
    sweep_late: timedelta = timedelta()
    no_sweep_until: datetime | None = None
    seed: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether it is how recordings are made."""
        return replace(self, seed=0) == Delivery()


def replayed(made: Recorded, delivery: Delivery, advance: Advance = unseen) -> Stages:
    """The stages after all that was recorded, delivered like this."""
    stages = Stages(made.plan.workspace, Stored())
    _Replay(stages, delivery).run(made, advance)
    return stages


class _Replay:
    def __init__(self, stages: Stages, delivery: Delivery) -> None:
        self._stages = stages
        self._delivery = delivery
        self._cut = delivery.cut or USUAL_CUT
        self._random = random.Random(delivery.seed)
        self._batch: list[LambdaRecord] = []
        self._begun = self._latest = stages.now

    def run(self, made: Recorded, advance: Advance) -> None:
        for number, step in enumerate(made.lane):
            if number % SAID_EVERY == 0:
                advance(number, len(made.lane))
            if isinstance(step, Changed):
                self._deliver()
                self._catch_up(step.at, at=step.at)  # a workspace decides about its own time only
                self._stages.apply(step.workspace, step.at)
                continue
            self._sweep(step.at)
            self._add(self._stages.record(step.entry, step.at), step.at)
        self._deliver()
        self._catch_up(made.plan.until)

    def _sweep(self, now: datetime) -> None:
        """Timers of everybody whom a sweep as late as this one would have found by now."""
        profiles = self._stages.profiles
        while (due := profiles.next_due()) is not None and (at := self._swept_at(instant(due.place))) <= now:
            profiles.taken()
            self._tick(due, max(at, self._latest))

    def _catch_up(self, until: datetime, at: datetime | None = None) -> None:
        """Timers of everybody who is due by then, whenever the sweep comes. Who is saved may be due again."""
        while waiting := self._stages.profiles.due_by(until):
            for due in waiting:
                self._tick(due, at or max(self._swept_at(instant(due.place)), self._latest))
            self._deliver()

    def _tick(self, due: DueProfile, at: datetime) -> None:
        self._add(self._stages.tick(due, at), at)

    def _swept_at(self, due: datetime) -> datetime:
        at = due + self._delivery.sweep_late
        begun = self._delivery.no_sweep_until
        return at if begun is None else max(at, begun)

    def _add(self, record: LambdaRecord, at: datetime) -> None:
        if self._batch and at - self._begun > RETENTION:  # no stream has both
            self._deliver()
        if not self._batch:
            self._begun = at
        self._batch.append(record)
        self._latest = at
        if len(self._batch) >= self._cut:
            self._deliver()

    def _deliver(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return
        for _ in range(self._delivery.times - 1):
            self._stages.deliver(batch[: self._random.randint(1, len(batch))], self._latest)
        self._stages.deliver(batch, self._latest)
