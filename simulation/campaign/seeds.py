"""A seed: its history, its faults, its run, and what is left of it when it fails."""

from __future__ import annotations

from simulation.campaign.faults import plan as planning
from simulation.campaign.history import drawing
from simulation.campaign.mutants.planting import Mutant
from simulation.campaign.running import Run, run
from simulation.campaign.shrinking import MOST_TRIES, Shrinking, Steps, begun


def run_seed(seed: int, mutant: Mutant | None = None) -> Run:
    history = drawing.draw(seed)
    return run(history, planning.draw(history), mutant)


def shrunk(failed: Run, mutant: Mutant | None = None, tries: int = MOST_TRIES) -> Run:
    """The smallest run found that breaks the same promise."""
    promise = failed.findings[0].promise
    last = failed

    def breaks(steps: Steps) -> bool:
        nonlocal last
        tried = run(steps.history, steps.plan, mutant)
        is_broken = any(finding.promise == promise for finding in tried.findings)
        if is_broken:
            last = tried
        return is_broken

    strikes = {struck.place: struck.kind for struck in failed.struck}
    steps = begun(failed.history, failed.plan, strikes)
    if breaks(steps):
        Shrinking(breaks, tries).smallest(steps)
    return last
