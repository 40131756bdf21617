"""The ledger names the very records that a planted bug loses, and nothing else; and the oracle says what is wrong with
timers that are sent again and again."""

from __future__ import annotations

import re

import pytest

from simulation.campaign.faults.plan import Plan
from simulation.campaign.history.drawing import draw
from simulation.campaign.mutants import MUTANTS
from simulation.campaign.mutants.planting import Mutant
from simulation.campaign.mutants.processing import ONE_IN, forgets_records
from simulation.campaign.running import run

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


def test_the_bug_of_the_campaign_loses_one_record_in_ten_thousand() -> None:
    assert ONE_IN == 10_000
    assert "10,000" in MUTANTS["record forgotten"].about
