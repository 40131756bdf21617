"""The message log as people read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.messaging.message_log import LoggedMessage, presented
from shared.messaging.messages import Status, Why

NOW = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)

CLAIMED = LoggedMessage(
    id="m1", person="user:u1", campaign="big-spender", channel="sms", event_id="e1", event_name="Complete Purchase",
    status=Status.REQUESTED, reason=None, to="+15550100", provider_id=None, requested_at=NOW - timedelta(minutes=1),
    claimed_until=NOW + timedelta(seconds=30), updated_at=NOW,
)  # fmt: skip


def test_reason_and_address_are_there_though_there_is_none() -> None:
    shown = presented(CLAIMED._replace(status=Status.SKIPPED, to=None, claimed_until=None), NOW)

    assert shown["to"] is None
    assert shown["reason"] is None
    assert shown["requested_at"] == "2026-11-21T18:09:00.000Z"


def test_a_reason_is_its_code() -> None:
    withdrawn = CLAIMED._replace(status=Status.SKIPPED, reason=Why.CONSENT_WITHDRAWN, claimed_until=None)

    assert presented(withdrawn, NOW)["reason"] == "consent_withdrawn"


def test_a_message_being_sent_is_requested() -> None:
    assert presented(CLAIMED, NOW)["status"] == "requested"


def test_a_claim_that_outlived_its_sender_is_uncertain() -> None:
    shown = presented(CLAIMED, NOW + timedelta(minutes=1))

    assert (shown["status"], shown["reason"]) == ("uncertain", "outcome_unknown")


def test_a_message_in_its_queue_is_waiting_and_says_why() -> None:
    throttled = CLAIMED._replace(
        status=Status.WAITING, reason=Why.RATE_LIMITED, claimed_until=None, attempts=2
    )
    shown = presented(throttled, NOW + timedelta(days=2))

    assert (shown["status"], shown["reason"], shown["attempts"]) == ("waiting", "rate_limited", 2)


def test_a_message_that_an_older_version_left_unclaimed_is_waiting() -> None:
    assert presented(CLAIMED._replace(claimed_until=None), NOW)["status"] == "waiting"


@pytest.mark.parametrize(
    ("waited", "status"),
    [
        (timedelta(days=13, microseconds=-1), "waiting"),
        (timedelta(days=13), "expired"),
        (timedelta(days=14), "expired"),
    ],
)
def test_a_message_that_waited_too_long_has_expired_whether_its_queue_still_has_it_or_not(
    waited: timedelta, status: str
) -> None:
    waiting = CLAIMED._replace(
        status=Status.WAITING, reason=Why.RATE_LIMITED, claimed_until=None, requested_at=NOW
    )

    assert presented(waiting, NOW + waited)["status"] == status


@pytest.mark.parametrize("status", [Status.SENT, Status.DELIVERED, Status.FAILED, Status.SKIPPED])
def test_an_outcome_stays_what_it_is(status: Status) -> None:
    assert presented(CLAIMED._replace(status=status), NOW + timedelta(days=1))["status"] == status.value
