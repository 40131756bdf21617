"""What is printed of a campaign."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

from simulation.campaign.campaigning import Campaign, Outcome

WIDTH = 30

MOST_SHOWN = 20


class Bar:
    """How far it is, on the terminal: nothing where nobody looks."""

    def __init__(self, count: int, *, quiet: bool) -> None:
        self._count = count
        self._done = self._failed = 0
        self._began = time.monotonic()
        self._shown = not quiet and sys.stderr.isatty()

    def moved(self, outcome: Outcome) -> None:
        self._done += 1
        self._failed += outcome.failed
        if self._shown:
            share = self._done / self._count
            bar = ("#" * round(share * WIDTH)).ljust(WIDTH)
            left = (time.monotonic() - self._began) / self._done * (self._count - self._done)
            failed = f", {self._failed} failed" if self._failed else ""
            sys.stderr.write(f"\r[{bar}] {self._done}/{self._count} seeds{failed}, {left:.0f} s left ")
            sys.stderr.flush()

    def done(self) -> None:
        if self._shown:
            sys.stderr.write("\n")


def totals(found: Campaign) -> dict[str, Any]:
    outcomes, coverage = found.outcomes, found.coverage
    hit, possible = coverage.crash_points
    return {
        "seeds": len(outcomes),
        "failed": [one.seed for one in found.failed],
        "events": sum(one.events for one in outcomes),
        "median_events": statistics.median(one.events for one in outcomes) if outcomes else 0,
        "median_people": statistics.median(one.people for one in outcomes) if outcomes else 0,
        "faults": sum(len(one.struck) for one in outcomes),
        "crash_points": {"hit": hit, "of": possible, "never": coverage.never_crashed},
        "pairs": {"met": len(coverage.pairs), "of": coverage.possible_pairs},
        "kinds": dict(sorted(coverage.kinds.items())),
        "seconds": round(sum(one.seconds for one in outcomes), 1),
    }


def of_outcome(one: Outcome) -> dict[str, Any]:
    return {
        "seed": one.seed,
        "trace": one.trace_hash,
        "events": one.events,
        "faults": len(one.struck),
        "findings": list(one.findings),
        "error": one.error,
        "seconds": round(one.seconds, 3),
    }


def lines(found: Campaign, mutant: str | None = None, before: Path | None = None) -> list[str]:
    said = totals(found)
    crashes, pairs = said["crash_points"], said["pairs"]
    shown = [
        f"{said['seeds']} seeds, {said['events']:,} events (in the median {said['median_events']:.0f} of "
        f"{said['median_people']:.0f} people), {said['faults']:,} faults at calls",
        f"crash points hit: {crashes['hit']} of {crashes['of']}; pairs of faults met: {pairs['met']} of {pairs['of']}",
        f"{said['seconds'] / max(1, said['seeds']):.2f} s of one core for a seed",
    ]
    if not found.failed:
        return [*shown, "every promise was kept"]
    option = f' MUTANT="{mutant}"' if mutant is not None else ""
    option += f' BEFORE="{before}"' if before is not None else ""
    for one in found.failed[:MOST_SHOWN]:
        shown += [f"seed {one.seed} FAILED: make faults SEED={one.seed}{option}"]
        shown += [f"    {words}" for words in ([one.error] if one.error else one.findings[:4])]
    return [*shown, f"{len(found.failed)} of {said['seeds']} seeds failed"]
