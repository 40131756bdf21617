"""One run: the history's clients at work on the simulated stack, with the plan's faults, until everything is quiet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared.bus_entries import ForwardedEvent
from simulation.aws.behaviour import CALM, Behaviour
from simulation.campaign.clients import Clients
from simulation.campaign.faults import kinds
from simulation.campaign.faults.plan import Moment, Plan
from simulation.campaign.faults.striking import Striking, Struck
from simulation.campaign.history.model import History
from simulation.campaign.mutants.planting import Mutant
from simulation.campaign.oracle.checking import findings
from simulation.campaign.oracle.observed import Observed
from simulation.campaign.oracle.truth import Finding
from simulation.campaign.seeing import observed
from simulation.older_code import OlderCode
from simulation.world import World

SHARDS = (1, 2, 2, 3)

BEHAVIOUR: Mapping[str, Mapping[str, Any]] = {
    kinds.LAG: {"index_lag": 2.0, "stale_reads": 1.0, "empty_polls": 0.2, "expiry_late": 2 * 86_400.0},
    kinds.DUPLICATE: {"twice": 0.05},
    kinds.REORDER: {"unordered": True},
}
"""What AWS does by itself in the whole of a run, by the kind of fault that stands for it."""

LONGEST_DRAIN = timedelta(hours=16)
"""Once the faults are over, all work is done by then: messages pause for half a day at most between two tries."""

SETTLING = timedelta(minutes=5)
"""After the last session's end: `sweep` has seen it, and what follows is done."""

MOST_STEPS = 250_000
"""Turns of all programs in one run: most have 5,000, and no seed had 20,000."""

MINUTE = timedelta(minutes=1)

POISON = b"\x00 this is none of ours"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it. `findings` are broken promises; `story` are lines of what happened, by virtual time."""

    history: History
    plan: Plan
    observed: Observed
    findings: tuple[Finding, ...]
    struck: tuple[Struck, ...]
    called: frozenset[tuple[str, str]]
    trace_hash: str
    story: tuple[str, ...]


def run(history: History, plan: Plan, mutant: Mutant | None = None, before: OlderCode | None = None) -> Run:
    """`before` is the code that is deployed at first: the plan says when it is updated."""
    with _planted(mutant):
        return _run(history, plan, before)


@contextmanager
def _planted(mutant: Mutant | None) -> Iterator[None]:
    if mutant is None:
        yield
        return
    with mutant.planted():
        yield


def _run(history: History, plan: Plan, before: OlderCode | None) -> Run:
    striking = Striking(plan)
    world = World(
        history.workspace,
        seed=history.seed,
        start=history.start,
        shards=SHARDS[history.seed % len(SHARDS)],
        faults=(striking,),
        behaviour=behaviour_of(plan),
        before=before,
    )
    world.scheduler.most_steps = MOST_STEPS
    forwarded: list[str] = []
    world.account.events.heard.append(partial(_hear, forwarded))
    with world:
        _disturb(world, plan)
        clients = Clients(world)
        for request in history.requests:
            clients.expect(request)
        for applied in history.applied:
            world.at(applied.at, partial(world.apply, applied.workspace))
        for moment in plan.moments:
            _happen(world, moment)
        is_quiet = _to_the_end(world, clients, history, plan)
        seen = observed(
            world, clients.attempts, is_quiet=is_quiet, struck=striking.struck, forwarded=forwarded
        )
        return Run(
            history=history,
            plan=plan,
            observed=seen,
            findings=tuple(findings(history, seen, plan.wrong_by)),
            struck=tuple(striking.struck),
            called=frozenset(striking.called),
            trace_hash=world.trace.hash,
            story=tuple(world.trace.lines),
        )


def behaviour_of(plan: Plan) -> Behaviour:
    worse = [BEHAVIOUR[kind] for kind in sorted(plan.throughout) if kind in BEHAVIOUR]
    return replace(CALM, **{name: value for one in worse for name, value in one.items()})


def _hear(forwarded: list[str], entry: Mapping[str, Any], detail: Mapping[str, Any]) -> None:
    """Keep the ids of the events that go on the bus by themselves."""
    if entry["DetailType"] == ForwardedEvent.detail_type:
        forwarded.append(detail["event"]["id"])


def _disturb(world: Any, plan: Plan) -> None:
    """What goes on until the plan's end."""
    deliveries = world.deliveries
    before = (deliveries.most, deliveries.again, deliveries.late, deliveries.twice)
    if kinds.SMALL_CUTS in plan.throughout:
        deliveries.most = 1 + plan.seed % 7
    if kinds.DUPLICATE in plan.throughout:
        deliveries.again, deliveries.twice = 0.15, 0.1
    if kinds.REORDER in plan.throughout:
        deliveries.late = 5.0

    if kinds.CLOCKS in plan.throughout:
        world.set_clocks(plan.clock_of)

    def calm() -> None:
        world.set_clocks(lambda _function, _environment: timedelta())
        deliveries.most, deliveries.again, deliveries.late, deliveries.twice = before

    world.at(plan.until, calm)


def _happen(world: Any, moment: Moment) -> None:
    def poison() -> None:
        world.put_raw("user:p0", POISON)

    actions: dict[str, Any] = {
        kinds.RESTART: world.restart,
        kinds.STALL: lambda: world.stall(moment.about, moment.lasts),
        kinds.POISON: poison,
        kinds.SPLIT: lambda: world.reshard(4),
        kinds.MERGE: lambda: world.reshard(1),
    }
    if moment.kind in kinds.DEPLOYMENTS:
        world.at(moment.at, lambda: world.deploy(0.5))
        older_share = 0.0 if moment.kind == kinds.UPDATE else 1.0
        world.at(moment.at + moment.lasts, lambda: world.deploy(older_share))
    elif moment.kind in actions:
        world.at(moment.at, actions[moment.kind])


def _to_the_end(world: Any, clients: Clients, history: History, plan: Plan) -> bool:
    """Whether everything is quiet in the end: all work is done, and all sessions have ended."""
    ends = [plan.until, *(moment.at + moment.lasts for moment in plan.moments)]
    world.run(max(ends))
    while clients.waiting:
        world.run(_now(world) + MINUTE)
    world.drain(LONGEST_DRAIN)
    versions = [history.workspace, *(one.workspace for one in history.applied)]
    idle = max(version.settings.session_idle_seconds for version in versions)
    world.run(_now(world) + timedelta(seconds=idle) + SETTLING)
    return bool(world.drain(LONGEST_DRAIN))


def _now(world: Any) -> datetime:
    now: datetime = world.clock.now()
    return now
