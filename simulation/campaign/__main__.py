"""`make faults`: run seeds, say what was met and what broke, and shrink the first failure to its story.

python -m simulation.campaign --seeds 200
python -m simulation.campaign --seed 17             # one seed, with its story
python -m simulation.campaign --seeds 1000 --mutant "conflict ignored"
python -m simulation.campaign --seeds 50 --before HEAD~1    # that code is updated to this one meanwhile
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from simulation.campaign.campaigning import Campaign, Outcome, campaign, collect_seldom
from simulation.campaign.mutants import AGAIN, MUTANTS
from simulation.campaign.report import Bar, lines, of_outcome, totals
from simulation.campaign.revisions import folder_of
from simulation.campaign.seeds import run_seed, shrunk
from simulation.campaign.story import story


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    if asked.seed is not None:
        return _one(asked)
    seeds = range(asked.first, asked.first + asked.seeds)
    bar = Bar(len(seeds), quiet=asked.json)
    is_mutant = asked.mutant is not None

    def told(outcome: Outcome) -> bool:
        bar.moved(outcome)
        return not (is_mutant and outcome.failed)

    found = campaign(seeds, workers=asked.workers, mutant=asked.mutant, before=asked.before, told=told)
    bar.done()
    if asked.json:
        print(json.dumps({**totals(found), "outcomes": [of_outcome(one) for one in found.outcomes]}))
    else:
        print("\n".join(lines(found, asked.mutant, asked.before)))
        if found.failed and not asked.no_shrink:
            _shrink(found, asked.mutant, asked.before)
    return int(bool(found.failed) != is_mutant)


def _one(asked: argparse.Namespace) -> int:
    mutant = {**MUTANTS, **AGAIN}[asked.mutant] if asked.mutant is not None else None
    run = run_seed(asked.seed, mutant, asked.before)
    if run.findings and not asked.no_shrink:
        print(f"{len(run.findings)} findings; shrinking …", file=sys.stderr)
        run = shrunk(run, mutant, before=asked.before)
    if asked.json:
        said = {"seed": asked.seed, "trace": run.trace_hash, "findings": list(map(str, run.findings))}
        print(json.dumps({**said, "story": story(run)}))
    else:
        verdict = [] if run.findings else ["every promise was kept"]
        print("\n".join([*story(run), f"trace {run.trace_hash}", *verdict]))
    return int(bool(run.findings))


def _shrink(found: Campaign, mutant: str | None, before: Path | None) -> None:
    first = next((one for one in found.failed if one.error is None), None)
    if first is None:
        return
    planted = {**MUTANTS, **AGAIN}[mutant] if mutant is not None else None
    print(f"\nThe smallest run found of seed {first.seed}:\n")
    print("\n".join(story(shrunk(run_seed(first.seed, planted, before), planted, before=before))))


def _at_least_one(said: str) -> int:
    if (count := int(said)) < 1:
        raise argparse.ArgumentTypeError(f"{count} would try nothing")
    return count


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation.campaign", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=_at_least_one, default=200, help="how many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="this seed alone, with its story")
    parser.add_argument("--workers", type=int, help="processes; default: one for each core")
    parser.add_argument(
        "--mutant", choices=sorted({**MUTANTS, **AGAIN}), help="plant this bug; stop when it is found"
    )
    parser.add_argument(
        "--before",
        type=folder_of,
        metavar="REVISION",
        help="a git revision or a folder: its code is deployed at first, then this, side by side for a while",
    )
    parser.add_argument("--no-shrink", action="store_true", help="leave a failing run as it is")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    return parser


def _with_fixed_hashes() -> None:
    """The order of sets of texts differs between processes, unless this is said before Python starts."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        again = [sys.executable, "-m", "simulation.campaign", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606  itself


if __name__ == "__main__":
    _with_fixed_hashes()
    collect_seldom()
    sys.exit(main())
