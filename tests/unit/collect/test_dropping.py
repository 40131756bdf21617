"""Dropping: what nobody will bring in is put aside, and can be brought in all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functions.collect.replay.dropping import LONGEST_NAME, Drop
from shared.failures import Unavailable
from shared.plan.reasons import Code
from shared.rejected import Dropped, RejectedItem, RejectedReason, RejectedRequest
from simulation.ports.rejected import FakeRejected

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REQUEST = "0193504f-7b2c-7def-8000-000000000001"


@pytest.fixture
def rejected() -> FakeRejected:
    kept = FakeRejected()
    reason = RejectedReason(code=Code.UNKNOWN_EVENT, field="event", message="no")
    items = tuple(RejectedItem(index=index, reasons=(reason,), body=b"{}") for index in range(3))
    kept.put(
        [
            RejectedRequest(
                request=REQUEST, source="gone", protocol="twilio_segment", trust="server", received_at=NOON,
                expires_at=2_000_000_000, items=items,
            )
        ]
    )  # fmt: skip
    return kept


def outcomes(rejected: FakeRejected, *ids: str, at: datetime = NOON, by: str = "ann") -> dict[str, str]:
    return {one["id"]: one["outcome"] for one in Drop(rejected, lambda: at)(ids, by=by)}


def test_what_is_dropped_says_when_and_by_whom_and_dropped_twice_it_is_dropped_once(
    rejected: FakeRejected,
) -> None:
    first, second = f"{REQUEST}-0", f"{REQUEST}-2"

    assert outcomes(rejected, first, second) == {first: "dropped", second: "dropped"}
    again = outcomes(rejected, first, second, at=NOON + timedelta(hours=1), by="bob")

    assert again == {first: "already_dropped", second: "already_dropped"}
    assert [event.dropped for event in rejected.events] == [
        Dropped(at=NOON, by="ann"), None, Dropped(at=NOON, by="ann")
    ]  # fmt: skip


def test_what_was_replayed_is_not_dropped(rejected: FakeRejected) -> None:
    rejected.mark(REQUEST, {1: NOON})

    assert outcomes(rejected, f"{REQUEST}-1") == {f"{REQUEST}-1": "already_replayed"}
    assert rejected.events[1].dropped is None


@pytest.mark.parametrize("unknown", [f"{REQUEST}-9", REQUEST, "nonsense", "", "-", "x-y"])
def test_ids_of_nothing_are_not_found_and_hold_up_no_other(rejected: FakeRejected, unknown: str) -> None:
    assert outcomes(rejected, unknown, f"{REQUEST}-0") == {
        unknown: "not_found",
        f"{REQUEST}-0": "dropped",
    }


def test_what_expires_meanwhile_is_not_found(rejected: FakeRejected) -> None:
    def expiring() -> datetime:
        rejected.requests.clear()
        return NOON

    assert Drop(rejected, expiring)([f"{REQUEST}-0"], by="ann") == [
        {"id": f"{REQUEST}-0", "outcome": "not_found"}
    ]


def test_a_long_name_is_cut(rejected: FakeRejected) -> None:
    outcomes(rejected, f"{REQUEST}-0", by="x" * 5000)

    assert rejected.events[0].dropped == Dropped(at=NOON, by="x" * LONGEST_NAME)


def test_while_aws_is_away_nothing_is_taken_for_gone(rejected: FakeRejected) -> None:
    rejected.failing = True

    with pytest.raises(Unavailable):
        outcomes(rejected, f"{REQUEST}-0")
