"""Many seeds on all cores, and what came of them."""

from __future__ import annotations

import gc
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from simulation.campaign.coverage import Coverage
from simulation.campaign.faults import kinds
from simulation.campaign.mutants import AGAIN, MUTANTS
from simulation.campaign.patience import LONGEST, at_most
from simulation.campaign.running import Run
from simulation.campaign.seeds import run_seed
from simulation.endings import TookTooLong

AT_ONCE = 4
"""Seeds that wait for each worker: so a campaign that is interrupted has little begun."""

SELDOM = (50_000, 20, 100)
"""When the collector of garbage of a process that runs seeds looks for circles of objects: as often as
by default it takes a tenth of a seed's time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one seed. `findings` are the promises that it broke, as sentences; `error` what the run itself raised."""

    seed: int
    trace_hash: str
    findings: tuple[str, ...]
    events: int
    people: int
    called: frozenset[tuple[str, str]]
    struck: tuple[tuple[str, str, str], ...]
    others: frozenset[str]
    seconds: float
    error: str | None = None

    @property
    def failed(self) -> bool:
        return bool(self.findings) or self.error is not None


@dataclass(slots=True)
class Campaign:
    """What all seeds together came to."""

    outcomes: list[Outcome] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)

    def add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.coverage.add(set(outcome.called), list(outcome.struck), set(outcome.others))

    @property
    def failed(self) -> list[Outcome]:
        return sorted((one for one in self.outcomes if one.failed), key=lambda one: one.seed)


def outcome_of(
    seed: int, mutant: str | None = None, before: Path | None = None, longest: float = LONGEST
) -> Outcome:
    """Run it. Whatever the run raises is a finding too: the simulation or the code under it went wrong. So is that it
    does not end within the `longest` seconds of the processor's time."""
    warnings.filterwarnings("ignore", message="No application metrics to publish")
    began = time.process_time()
    planted = {**MUTANTS, **AGAIN}[mutant] if mutant is not None else None
    try:
        with at_most(longest):
            run = run_seed(seed, planted, before)
    except (Exception, TookTooLong) as error:  # noqa: BLE001  one seed must not end the campaign
        nothing: frozenset[tuple[str, str]] = frozenset()
        words = f"{type(error).__name__}: {error}"
        return Outcome(seed, "", (), 0, 0, nothing, (), frozenset(), time.process_time() - began, words[:500])
    return _outcome(run, time.process_time() - began)


def _outcome(run: Run, seconds: float) -> Outcome:
    struck = tuple((one.place.stage, one.place.operation, one.kind) for one in run.struck)
    return Outcome(
        seed=run.history.seed,
        trace_hash=run.trace_hash,
        findings=tuple(map(str, run.findings[:20])),
        events=run.history.events,
        people=len(run.history.people),
        called=run.called,
        struck=struck,
        others=frozenset(run.plan.kinds - set(kinds.AT_CALLS)),
        seconds=seconds,
    )


def campaign(
    seeds: Iterable[int],
    *,
    workers: int | None = None,
    mutant: str | None = None,
    before: Path | None = None,
    told: Callable[[Outcome], bool] = lambda _: True,
) -> Campaign:
    """Run the seeds. `before` is the folder of the code that is deployed at first. `told` is called with each outcome,
    and says whether to go on."""
    found = Campaign()
    for outcome in _outcomes(seeds, workers or os.cpu_count() or 1, mutant, before):
        found.add(outcome)
        if not told(outcome):
            break
    return found


def _outcomes(
    seeds: Iterable[int], workers: int, mutant: str | None, before: Path | None
) -> Iterator[Outcome]:
    if workers == 1:
        for seed in seeds:
            yield outcome_of(seed, mutant, before)
        return
    left = iter(seeds)
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=collect_seldom, max_tasks_per_child=500
    )
    try:
        running = {pool.submit(outcome_of, seed, mutant, before) for seed in islice(left, workers * AT_ONCE)}
        while running:
            done = next(as_completed(running))
            running.remove(done)
            for seed in islice(left, 1):
                running.add(pool.submit(outcome_of, seed, mutant, before))
            yield done.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def collect_seldom() -> None:
    """For a process that runs seeds: what was imported is never looked at again for garbage, and the rest seldom."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
