"""Plans of faults are the same for the same seed, differ between seeds, and strike where they say; a failing run is
shrunk to what it takes."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from simulation.campaign.coverage import Coverage
from simulation.campaign.faults import kinds
from simulation.campaign.faults.plan import CLOCKS_OFF, Moment, Place, Plan, draw
from simulation.campaign.faults.striking import Striking
from simulation.campaign.history import drawing
from simulation.campaign.mutants import AGAIN, MUTANTS
from simulation.campaign.shrinking import Shrinking, Steps, begun
from simulation.faults import Crash

HISTORY = drawing.draw(1)


def call(operation: str = "PutRecords", service: str = "kinesis", function: str = "process") -> Any:
    return SimpleNamespace(function=function, at=HISTORY.start, service=service, operation=operation)


def striking(kind: str, number: int = 1) -> Striking:
    plan = Plan(1, HISTORY.end).only({Place("process", "kinesis.PutRecords", number): kind})
    return Striking(plan)


def test_the_same_seed_plans_the_same_faults_and_seeds_differ_in_their_kinds() -> None:
    plans = [draw(drawing.draw(seed)) for seed in range(60)]
    assert plans[7] == draw(drawing.draw(7))
    assert {kind for plan in plans for kind in plan.kinds} == set(kinds.KINDS)
    assert all(len(plan.kinds) < len(kinds.KINDS) for plan in plans)


@pytest.mark.parametrize("kind", [kinds.THROTTLED, kinds.FAILED, kinds.UNREACHABLE])
def test_a_fault_before_a_call_strikes_the_attempt_it_is_planned_for(kind: str) -> None:
    faults = striking(kind, number=2)
    assert faults.before(call()) is None
    assert faults.before(call("GetRecords")) is None
    assert faults.before(call()) is not None
    assert [str(struck.place) for struck in faults.struck] == ["process kinesis.PutRecords #2"]


@pytest.mark.parametrize("kind", [kinds.LOST_ANSWER, kinds.FAILED_AFTER])
def test_a_fault_after_a_call_leaves_its_effect(kind: str) -> None:
    faults, made = striking(kind), call()
    assert faults.before(made) is None
    assert faults.after(made, {}) is not None
    assert faults.after(call(), {}) is None


def test_a_crash_strikes_before_a_call_or_after_it() -> None:
    with pytest.raises(Crash):
        striking(kinds.CRASH_BEFORE).before(call())
    faults, made = striking(kinds.CRASH_AFTER), call()
    faults.before(made)
    with pytest.raises(Crash):
        faults.after(made, {})


def test_a_partial_failure_takes_some_items_the_same_each_time() -> None:
    taken = []
    for _ in range(2):
        faults, made = striking(kinds.PARTIAL), call()
        faults.before(made)
        taken.append(faults.take(made, 10))
    assert taken[0] == taken[1] != ()


def test_an_outage_fails_all_calls_of_its_service_while_it_lasts() -> None:
    outage = Moment(HISTORY.start, kinds.OUTAGE, "kinesis", timedelta(minutes=1))
    faults = Striking(Plan(1, HISTORY.end, moments=(outage,)))
    assert faults.before(call()) is not None
    assert faults.before(call("GetItem", "dynamodb")) is None
    later = call()
    later.at += timedelta(minutes=1)
    assert faults.before(later) is None


def test_a_failing_run_is_shrunk_to_the_steps_it_takes() -> None:
    """It fails as long as request 7 and one of many faults are there."""
    culprit = Place("process", "dynamodb.PutItem", 3)
    strikes = {Place("process", "dynamodb.PutItem", number): kinds.FAILED for number in range(1, 30)}

    def breaks(steps: Steps) -> bool:
        numbers = {request.number for request in steps.history.requests}
        return 7 in numbers and culprit in (steps.plan.strikes or {})

    smallest = Shrinking(breaks).smallest(begun(HISTORY, draw(HISTORY), strikes))
    assert [request.number for request in smallest.history.requests] == [7]
    assert smallest.plan.strikes == {culprit: kinds.FAILED}
    assert smallest.count == 2


def test_coverage_counts_crash_points_and_pairs() -> None:
    coverage = Coverage()
    coverage.add(
        {("process", "kinesis.PutRecords")},
        [
            ("process", "kinesis.PutRecords", kinds.CRASH_AFTER),
            ("process", "kinesis.PutRecords", kinds.PARTIAL),
        ],
        {kinds.SPLIT},
    )
    assert coverage.crash_points == (1, 2)
    assert coverage.never_crashed == [f"{kinds.CRASH_BEFORE} process kinesis.PutRecords"]
    assert len(coverage.pairs) == 3


@pytest.mark.parametrize("mutant", [*MUTANTS.values(), *AGAIN.values()], ids=lambda mutant: mutant.name)
def test_a_planted_bug_is_gone_afterwards(mutant: Any) -> None:
    owners = [(owner, name) for owner, name, _ in mutant.replacements()]
    before = [vars(owner)[name] for owner, name in owners]
    with mutant.planted():
        assert all(vars(owner)[name] is not real for (owner, name), real in zip(owners, before, strict=True))
    assert [vars(owner)[name] for owner, name in owners] == before


def test_clocks_of_functions_are_mostly_wrong_by_a_second_at_most_and_some_by_all_that_is_allowed() -> None:
    plan = Plan(1, HISTORY.end, throughout=frozenset({kinds.CLOCKS}), clocks_off=timedelta(days=1))
    clocks = [plan.clock_of("process", number) for number in range(200)]
    assert clocks == [plan.clock_of("process", number) for number in range(200)]
    assert clocks != [plan.clock_of("collect", number) for number in range(200)]
    assert sum(abs(clock) <= timedelta(seconds=1) for clock in clocks) > 120
    assert max(clocks) > timedelta(hours=12)
    assert timedelta(hours=-12) > min(clocks) >= timedelta(days=-1)


def test_clocks_are_right_where_they_are_not_among_the_faults() -> None:
    plan = Plan(1, HISTORY.end, clocks_off=timedelta(days=1))
    assert plan.wrong_by == plan.clock_of("process", 1) == timedelta()


def test_seeds_differ_in_how_wrong_clocks_are_up_to_a_day() -> None:
    plans = [draw(drawing.draw(seed)) for seed in range(100)]
    assert {plan.wrong_by for plan in plans} == {timedelta(), *CLOCKS_OFF}
