"""A plan of faults, drawn from a seed: each seed has some kinds of faults and not others, because a fault that is
always there hides what the others would show.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from simulation.campaign.faults import kinds
from simulation.campaign.history.model import History

STAGES = ("collect", "process", "archive", "send", "sweep")

CLOCKS_OFF = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(days=1),
)
"""Hosts of Lambda are right within milliseconds. These are not, and one in five is a hostile guess."""

DRAWN_THROUGHOUT = tuple(kind for kind in kinds.THROUGHOUT if kind != kinds.CLOCKS)

LONG_STALLS = 0.06
"""Share of the stalls that last as long as the stream keeps records, less an hour, or as a week's work in a queue."""

ONLY_WRITES = 0.6
"""Share of the outages of DynamoDB in which it can be read."""

CALM_AFTERWARDS = timedelta(minutes=2)
"""Faults may strike until so long after the last request."""


class Moment(NamedTuple):
    """A fault at a time. `about` is a stage or a service; it lasts for `lasts`."""

    at: datetime
    kind: str
    about: str = ""
    lasts: timedelta = timedelta()

    def __str__(self) -> str:
        lasts = f" for {self.lasts}" if self.lasts else ""
        return f"{self.kind}{f' ({self.about})' if self.about else ''}{lasts}"


class Place(NamedTuple):
    """An attempt of a call: the `number`-th of a stage to an operation."""

    stage: str
    operation: str
    number: int

    def __str__(self) -> str:
        return f"{self.stage} {self.operation} #{self.number}"


@dataclass(frozen=True, slots=True)
class Plan:
    """`rates` are the probabilities of the kinds that strike at calls, `stages` the stages whose calls they strike.

    `strikes` says exactly where they strike instead: so a run is repeated with fewer of them.
    """

    seed: int
    until: datetime
    rates: Mapping[str, float] = field(default_factory=dict)
    stages: frozenset[str] = frozenset()
    moments: tuple[Moment, ...] = ()
    throughout: frozenset[str] = frozenset()
    strikes: Mapping[Place, str] | None = None
    clocks_off: timedelta = timedelta()
    """By how much the clock of a function's environment is wrong at most, where such are among the faults."""

    @property
    def kinds(self) -> set[str]:
        return {*self.rates, *self.throughout, *(moment.kind for moment in self.moments)}

    def strike_at(self, place: Place) -> str | None:
        """The fault that strikes there. The same for the same seed and place, whatever happened before."""
        if self.strikes is not None:
            return self.strikes.get(place)
        if place.stage not in self.stages or not self.rates:
            return None
        drawn = Random(f"{self.seed} {place}").random()
        for kind, rate in self.rates.items():
            drawn -= rate
            if drawn < 0:
                return kind
        return None

    @property
    def wrong_by(self) -> timedelta:
        """At most, either way."""
        return self.clocks_off if kinds.CLOCKS in self.throughout else timedelta()

    def clock_of(self, function: str, environment: int) -> timedelta:
        """By how much that environment's clock is ahead: mostly by a second at most, of one in five by up to all that
        `wrong_by` allows."""
        random = Random(f"{self.seed} clock of {function}/{environment}")
        most = self.wrong_by if random.random() < 0.2 else min(self.wrong_by, timedelta(seconds=1))
        return most * random.uniform(-1, 1)

    def only(self, strikes: Mapping[Place, str]) -> Plan:
        return replace(self, strikes=dict(strikes))


def draw(history: History) -> Plan:
    random = Random(f"faults {history.seed}")
    if random.random() < 0.05:
        return Plan(history.seed, history.end)  # nothing goes wrong: a history alone may be enough
    share = random.choice((0.15, 0.3, 0.5))
    at_calls = [kind for kind in kinds.AT_CALLS if random.random() < share]
    throughout = frozenset(kind for kind in DRAWN_THROUGHOUT if random.random() < share)
    clocks = Random(f"clocks {history.seed}")  # apart: so the other faults of a seed stay what they were
    if clocks.random() < share:
        throughout |= {kinds.CLOCKS}
    stages = frozenset(STAGES) if random.random() < 0.6 else frozenset(random.sample(STAGES, 2))
    return Plan(
        seed=history.seed,
        until=history.end + CALM_AFTERWARDS,
        rates={kind: random.choice((0.003, 0.02, 0.1)) for kind in at_calls},
        stages=stages,
        moments=tuple(sorted(_moments(random, history, share))),
        throughout=throughout,
        clocks_off=clocks.choice(CLOCKS_OFF),
    )


def with_deployments(plan: Plan, history: History) -> Plan:
    """The stack has older code at first. It is updated while all goes on; in two of five seeds it is rolled back, and
    mostly updated again after that. Each takes up to ten minutes, with both side by side."""
    random = Random(f"deployments {history.seed}")
    span = history.end - history.start
    kinds_ = [kinds.UPDATE]
    if random.random() < 0.4:
        kinds_ += [kinds.ROLLBACK, kinds.UPDATE][: random.choice((1, 2, 2))]
    times = sorted(history.start + random.uniform(0.1, 0.9) * span for _ in kinds_)
    between = [*(after - at for at, after in itertools.pairwise(times)), timedelta(minutes=10)]
    found = [
        Moment(at, kind, lasts=min(most, timedelta(minutes=10)) * random.random())
        for at, kind, most in zip(times, kinds_, between, strict=True)
    ]
    return replace(plan, moments=tuple(sorted((*plan.moments, *found))))


def _moments(random: Random, history: History, share: float) -> list[Moment]:
    span = history.end - history.start
    found: list[Moment] = []
    for kind in kinds.IN_TIME:
        if random.random() >= share:
            continue
        for _ in range(random.randint(1, 2)):
            at = history.start + random.random() * span
            found.append(_moment(random, at, kind))
    return found


def _moment(random: Random, at: datetime, kind: str) -> Moment:
    if kind == kinds.OUTAGE:
        minutes = random.choice((1, 3, 3, 20))
        service = random.choice(("dynamodb", "kinesis", "sqs", "events", "firehose", "s3"))
        if service == "dynamodb" and Random(f"writes {at}").random() < ONLY_WRITES:
            service = kinds.WRITES
        return Moment(at, kind, service, timedelta(minutes=minutes))
    if kind == kinds.STALL:
        long = {"process": timedelta(hours=23)}
        stage = random.choice(("process", "archive", "send", "sweep"))
        lasts = (
            long.get(stage, timedelta(days=7))
            if random.random() < LONG_STALLS
            else timedelta(minutes=random.choice((3, 3, 15)))
        )
        return Moment(at, kind, stage, lasts)
    return Moment(at, kind)
