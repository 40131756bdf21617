"""Which rejected events are replayed, in which portions, and when that is a failure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.problem import Problem
from cli.replaying import PORTION, checked, failed, not_yet_replayed, portions
from shared.rejected import RejectedEvent

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def rejected(number: int, replayed_at: datetime | None = None) -> RejectedEvent:
    return RejectedEvent(
        id=f"r-{number}", request="r", index=number, event_id=None, name=None, user_id=None, anonymous_id=None,
        source="strict", protocol="twilio_segment", received_at=NOON, reasons=(), replayed_at=replayed_at,
    )  # fmt: skip


def test_those_not_replayed_yet_are_chosen_oldest_first() -> None:
    newest_first = [rejected(3), rejected(2, replayed_at=NOON), rejected(1)]

    assert not_yet_replayed(newest_first) == ["r-1", "r-3"]


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
    with pytest.raises(Problem, match="Say which"):
        checked(ids, everything=everything, since=since)


@pytest.mark.parametrize("outcome", ["replayed", "rejected", "already_replayed"])
def test_an_event_that_was_judged_is_no_failure(outcome: str) -> None:
    assert failed([{"id": "r-1", "outcome": outcome}]) == []


@pytest.mark.parametrize("outcome", ["not_found", "not_stored", "source_gone"])
def test_an_event_that_could_not_be_tried_is_a_failure(outcome: str) -> None:
    assert failed([{"id": "r-1", "outcome": outcome}]) == [{"id": "r-1", "outcome": outcome}]
