"""The ledger names the very records that a planted bug loses, and nothing else; and the oracle says what is wrong with
timers that are sent again and again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simulation.campaign.faults import kinds
from simulation.campaign.faults.plan import Moment, Plan
from simulation.campaign.faults.striking import Striking
from simulation.campaign.history.drawing import draw
from simulation.campaign.mutants import AGAIN, MUTANTS
from simulation.campaign.mutants.planting import Mutant
from simulation.campaign.mutants.processing import ONE_IN, forgets_records
from simulation.campaign.running import run

PAGE = Path(__file__).parents[3] / "docs" / "faults.md"
ROW = re.compile(r"^\| ([^|]+?) \| (\d+) \| (\d+) \|$", re.MULTILINE)

NAMED = re.compile(r"record (\d+) of shard")


@pytest.mark.parametrize("seed", [11, 12])
def test_the_ledger_names_each_record_that_is_lost_and_no_other(seed: int) -> None:
    history = draw(seed)
    lost: set[int] = set()
    forgetful = Mutant("forgetful", "one record in twenty is lost", lambda: forgets_records(20, lost))

    found = run(history, Plan(seed, history.end), forgetful)

    named = {int(number) for words in found.observed.unbalanced for number in NAMED.findall(words)}
    assert lost
    assert named == lost


def test_the_ledger_names_none_where_none_is_lost() -> None:
    history = draw(11)
    assert run(history, Plan(11, history.end)).observed.unbalanced == ()


STALLED = [12, 14]
"""Histories in which sessions end while `process` is not called."""


@pytest.mark.parametrize("is_planted", [True, False])
def test_a_sweep_that_forgets_how_far_it_came_is_found_where_process_is_away(is_planted: bool) -> None:
    """Nobody is folded meanwhile, and each round sends the same timers again."""
    mutant = AGAIN["sweep without progress"] if is_planted else None
    broken = set()
    for seed in STALLED:
        history = draw(seed)
        stall = Moment(history.start + timedelta(minutes=3), kinds.STALL, "process", timedelta(minutes=15))
        found = run(history, Plan(seed, history.end, moments=(stall,)), mutant)
        broken |= {finding.promise for finding in found.findings}
    assert broken == ({"no timer again and again"} if is_planted else set())


@pytest.mark.parametrize(
    ("service", "operation", "fails"),
    [
        ("dynamodb", "TransactWriteItems", True),
        ("dynamodb", "PutItem", True),
        ("dynamodb", "BatchGetItem", False),
        ("dynamodb", "Query", False),
        ("kinesis", "PutRecords", False),
    ],
)
def test_an_outage_of_writes_leaves_reads_and_other_services(
    service: str, operation: str, fails: bool
) -> None:
    history = draw(1)
    outage = Moment(history.start, kinds.OUTAGE, kinds.WRITES, timedelta(minutes=1))
    call: Any = SimpleNamespace(function="process", at=history.start, service=service, operation=operation)
    faults = Striking(Plan(1, history.end, moments=(outage,)))
    assert (faults.before(call) is not None) is fails


def test_the_bug_of_the_campaign_loses_one_record_in_ten_thousand() -> None:
    assert ONE_IN == 10_000
    assert "10,000" in MUTANTS["record forgotten"].about


def test_the_page_names_each_planted_bug_and_by_which_seed_it_was_found() -> None:
    found = ROW.findall(PAGE.read_text().partition("### Planted bugs")[2])
    assert {name for name, _, _ in found} == {*MUTANTS, *AGAIN}
    assert all(int(tried) == int(seed) + 1 < 1_000 for _, seed, tried in found)
