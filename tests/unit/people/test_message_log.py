"""The message log as people read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.message_log import TRIED_AGAIN_WITHIN, presented
from shared.messages import Status, Why
from shared.ports import LoggedMessage

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


def test_a_message_that_went_back_to_its_queue_has_no_reason_while_it_is_tried_again() -> None:
    went_back = CLAIMED._replace(claimed_until=None, updated_at=NOW - TRIED_AGAIN_WITHIN)

    assert presented(went_back, NOW)["reason"] is None


def test_a_message_that_nothing_tries_any_more_says_so() -> None:
    given_up = CLAIMED._replace(
        claimed_until=None, updated_at=NOW - TRIED_AGAIN_WITHIN - timedelta(seconds=1)
    )
    shown = presented(given_up, NOW)

    assert (shown["status"], shown["reason"]) == ("requested", "waiting_or_dead_lettered")


@pytest.mark.parametrize("status", [Status.SENT, Status.DELIVERED, Status.FAILED, Status.SKIPPED])
def test_an_outcome_stays_what_it_is(status: Status) -> None:
    assert presented(CLAIMED._replace(status=status), NOW + timedelta(days=1))["status"] == status.value
