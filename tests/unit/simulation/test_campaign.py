"""The fault campaign itself: seeds that must pass, the same run for the same seed, and planted bugs that must be found.

`make faults SEEDS=10000` runs as many more as one likes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulation.campaign.faults.plan import Plan
from simulation.campaign.history.drawing import draw
from simulation.campaign.history.model import History
from simulation.campaign.running import run

ROOT = Path(__file__).parents[3]

FIRST, CHUNK, CHUNKS = 100, 5, 6
"""The first seed, seeds of a test, and how many tests of them there are: pytest runs two at a time."""

QUICK = ("ring of duplicates not kept", "merge loses a side", "the trait that is folded last wins")
"""Planted bugs that one of the first seeds finds; docs/faults.md has the others."""

FEW = 3


def campaign(*arguments: str) -> dict[str, Any]:
    """As `make faults` runs it, one process. What it prints as JSON."""
    ended = subprocess.run(
        [sys.executable, "-m", "simulation.campaign", "--json", "--workers", "1", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout, ended.stderr
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


@pytest.mark.parametrize("first", range(FIRST, FIRST + CHUNK * CHUNKS, CHUNK))
def test_every_promise_is_kept_whatever_goes_wrong(first: int) -> None:
    said = campaign("--first", str(first), "--seeds", str(CHUNK))
    broken = {
        one["seed"]: one["error"] or one["findings"]
        for one in said["outcomes"]
        if one["findings"] or one["error"]
    }
    assert broken == {}, "make faults SEED=… shows the story of one"


def test_the_same_seed_runs_the_same_in_another_process() -> None:
    traces = [
        [one["trace"] for one in campaign("--first", "3", "--seeds", "2")["outcomes"]] for _ in range(2)
    ]
    assert traces[0] == traces[1]
    assert len(set(traces[0])) == 2


def test_nothing_is_found_of_a_history_without_faults() -> None:
    history: History = draw(11)
    calm = run(history, Plan(history.seed, history.end))
    assert calm.findings == ()
    assert calm.observed.put_aside == ()


@pytest.mark.parametrize("mutant", QUICK)
def test_a_planted_bug_is_found(mutant: str) -> None:
    said = campaign("--seeds", str(FEW), "--mutant", mutant)
    assert said["failed"], f"{mutant} was not found within {FEW} seeds"
