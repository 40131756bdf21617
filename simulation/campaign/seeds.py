"""A seed: its history, its faults, its run, and what is left of it when it fails."""

from __future__ import annotations

from pathlib import Path

from simulation.campaign.faults import plan as planning
from simulation.campaign.history import drawing
from simulation.campaign.mutants.planting import Mutant
from simulation.campaign.running import Run, run
from simulation.campaign.shrinking import MOST_TRIES, Shrinking, Steps, begun
from simulation.older_code import load


def run_seed(seed: int, mutant: Mutant | None = None, before: Path | None = None) -> Run:
    """`before` is the folder of the code that is deployed at first."""
    history = drawing.draw(seed)
    plan = planning.draw(history)
    if before is None:
        return run(history, plan, mutant)
    return run(history, planning.with_deployments(plan, history), mutant, load(before))


def shrunk(
    failed: Run, mutant: Mutant | None = None, tries: int = MOST_TRIES, before: Path | None = None
) -> Run:
    """The smallest run found that breaks the same promise."""
    promise = failed.findings[0].promise
    last = failed

    def breaks(steps: Steps) -> bool:
        nonlocal last
        tried = run(steps.history, steps.plan, mutant, load(before) if before is not None else None)
        is_broken = any(finding.promise == promise for finding in tried.findings)
        if is_broken:
            last = tried
        return is_broken

    strikes = {struck.place: struck.kind for struck in failed.struck}
    steps = begun(failed.history, failed.plan, strikes)
    if breaks(steps):
        Shrinking(breaks, tries).smallest(steps)
    return last
