"""Which rejected events are replayed, in which portions, and when that is a failure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.problem import Problem
from cli.rejected.replaying import (
    PORTION,
    checked,
    failed,
    gone_sources,
    not_yet_replayed,
    portions,
    replayed,
)
from shared.aws.stack.invocations import FunctionFailed
from shared.rejected import RejectedEvent

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def rejected(number: int, replayed_at: datetime | None = None) -> RejectedEvent:
    return RejectedEvent(
        id=f"r-{number}", request="r", index=number, event_id=None, name=None, user_id=None, anonymous_id=None,
        source="strict", protocol="twilio_segment", received_at=NOON, reasons=(), replayed_at=replayed_at,
    )  # fmt: skip


def test_those_not_replayed_yet_are_chosen_oldest_first() -> None:
    newest_first = [rejected(3), rejected(2, replayed_at=NOON), rejected(1)]

    assert [event.id for event in not_yet_replayed(newest_first)] == ["r-1", "r-3"]


@given(st.lists(st.integers(0, 300).map(str), max_size=400))
def test_every_id_is_in_one_portion_once(ids: list[str]) -> None:
    cut = list(portions(ids))

    assert [event for portion in cut for event in portion] == list(dict.fromkeys(ids))
    assert all(0 < len(portion) <= PORTION for portion in cut)


@pytest.mark.parametrize(
    ("ids", "everything", "since"),
    [([], False, None), (["r-1"], True, None), ([], True, "24h"), (["r-1"], False, "24h")],
)
def test_one_way_of_choosing_must_be_used(ids: list[str], everything: bool, since: str | None) -> None:
    with pytest.raises(Problem, match="Name the events"):
        checked(ids, everything=everything, since=since)


@pytest.mark.parametrize(
    "outcome", ["replayed", "rejected", "already_replayed", "dropped", "already_dropped"]
)
def test_an_event_that_was_judged_is_no_failure(outcome: str) -> None:
    assert failed([{"id": "r-1", "outcome": outcome}]) == []


@pytest.mark.parametrize("outcome", ["not_found", "not_stored", "source_gone", "failed"])
def test_an_event_that_could_not_be_tried_is_a_failure(outcome: str) -> None:
    assert failed([{"id": "r-1", "outcome": outcome}]) == [{"id": "r-1", "outcome": outcome}]


class Function:
    """The replay function, which fails on some events."""

    def __init__(self, broken: set[str], kind: str = "KeyError") -> None:
        self.broken, self.kind, self.calls = broken, kind, 0

    def __call__(self, portion: list[str]) -> list[dict[str, Any]]:
        self.calls += 1
        if self.broken & set(portion):
            raise FunctionFailed(self.kind, "call")
        return [{"id": one, "outcome": "replayed"} for one in portion]


def flat(ids: list[str], function: Function) -> list[dict[str, Any]]:
    return [one for portion in replayed(ids, function) for one in portion]


def numbered(count: int) -> list[str]:
    return [f"r-{number}" for number in range(count)]


@given(st.sets(st.integers(0, 249), max_size=8))
def test_an_event_that_the_function_fails_on_holds_up_no_other(broken: set[int]) -> None:
    ids = numbered(250)
    function = Function({ids[number] for number in broken})

    outcomes = flat(ids, function)

    assert [one["id"] for one in outcomes] == ids, "in their order, each once"
    assert {one["id"] for one in outcomes if one["outcome"] == "failed"} == function.broken
    assert {one["error"] for one in failed(outcomes)} <= {"KeyError: call"}
    assert function.calls <= 3 + 16 * len(broken)


def test_when_all_of_three_portions_fail_it_is_not_the_events() -> None:
    ids = numbered(10 * PORTION)
    told = replayed(ids, Function(set(ids)))

    assert [len(next(told)) for _ in range(3)] == [PORTION] * 3
    with pytest.raises(Problem, match="The replay failed: KeyError: call"):
        next(told)


def test_a_single_event_that_fails_is_told_as_such() -> None:
    assert flat(["r-1"], Function({"r-1"})) == [{"id": "r-1", "outcome": "failed", "error": "KeyError: call"}]


@pytest.mark.parametrize("kind", ["Unavailable", "UnreadableWorkspace"])
def test_while_aws_is_away_nothing_is_taken_for_an_events_fault(kind: str) -> None:
    ids = numbered(3 * PORTION)
    function = Function({ids[PORTION]}, kind)
    told = replayed(ids, function)

    assert len(next(told)) == PORTION
    with pytest.raises(Problem, match=f"The replay stopped: {kind}"):
        next(told)
    assert function.calls == 2


def test_sources_that_are_gone_are_counted() -> None:
    gone = {"outcome": "source_gone", "source": "strict"}
    assert gone_sources([{"id": "1", **gone}, {"id": "2", "outcome": "replayed"}, {"id": "3", **gone}]) == {
        "strict": 2
    }
