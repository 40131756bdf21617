"""The fault campaign itself: seeds that must pass, the same run for the same seed, and planted bugs that must be found.

`make faults SEEDS=10000` runs as many more as one likes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions.process.batch import Process
from simulation.campaign import running
from simulation.campaign.__main__ import main
from simulation.campaign.campaigning import outcome_of
from simulation.campaign.faults.plan import Plan
from simulation.campaign.history.drawing import draw
from simulation.campaign.history.model import History
from simulation.campaign.mutants import MUTANTS
from simulation.campaign.mutants.planting import Mutant
from simulation.campaign.running import run

ROOT = Path(__file__).parents[3]

FIRST, CHUNK, CHUNKS = 0, 20, 10
"""The first seed, seeds of a test, and how many tests of them there are: pytest runs two at a time."""

QUICK = (
    "ring of duplicates not kept",
    "merge loses a side",
    "the trait that is folded last wins",
    "no watermark",
    "wedge of an evicted identity",
    "acknowledged before written",
)
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


def test_no_seeds_keep_no_promise(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--seeds", "0"])
    assert ended.value.code == 2
    assert "0 would try nothing" in capsys.readouterr().err


TRACES = (
    "from simulation.campaign.seeds import run_seed; print(*(run_seed(seed).trace_hash for seed in (3, 4)))"
)


def traces(python: str, hashes: str) -> list[str]:
    """Of seeds 3 and 4. Not by the command: that gives itself the same hashes each time."""
    ran = subprocess.run(
        [python, "-W", "ignore", "-c", TRACES],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def other_pythons() -> list[str]:
    """Those of other versions that have what the simulation needs; mostly there is none."""
    needed = "import aws_lambda_powertools, boto3, greenlet, orjson, pydantic"
    names = ("python3.11", "python3.12", "python3.13")
    found = [path for name in names if not sys.executable.endswith(name) and (path := shutil.which(name))]
    return [
        path
        for path in found
        if subprocess.run([path, "-c", needed], capture_output=True, check=False).returncode == 0
    ]


def test_the_same_seed_runs_the_same_in_another_process_with_other_hashes_and_of_another_python() -> None:
    first = traces(sys.executable, "1")
    assert len(set(first)) == 2
    assert traces(sys.executable, "77") == first
    for python in other_pythons():
        assert traces(python, "0") == first, python


def _endless(_self: object, *_: object) -> None:
    while True:
        pass


def test_a_seed_whose_code_never_returns_ends_as_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Mutant("endless", "process never returns", lambda: [(Process, "_fold", _endless)])
    monkeypatch.setitem(MUTANTS, "endless", endless)
    outcome = outcome_of(3, "endless", longest=1.0)
    assert outcome.failed
    assert "did not come to rest in 1 s" in str(outcome.error)


def test_a_seed_that_never_comes_to_rest_ends_as_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_STEPS", 100)
    outcome = outcome_of(3)
    assert outcome.failed
    assert "after 100 steps it was not at rest" in str(outcome.error)


def test_nothing_is_found_of_a_history_without_faults() -> None:
    history: History = draw(11)
    calm = run(history, Plan(history.seed, history.end))
    assert calm.findings == ()
    assert calm.observed.put_aside == ()


@pytest.mark.parametrize("mutant", QUICK)
def test_a_planted_bug_is_found(mutant: str) -> None:
    said = campaign("--seeds", str(FEW), "--mutant", mutant)
    assert said["failed"], f"{mutant} was not found within {FEW} seeds"
