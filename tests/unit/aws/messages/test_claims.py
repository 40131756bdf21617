"""The message log on moto and the fake, held to one contract: who may send a message, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.messaging.message_log import LoggedMessage
from shared.messaging.messages import Status, Why
from shared.ports.messages import Messages, SpendCapReached
from tests.unit.aws.messages.one_message import LATER, NOW, UNTIL, claim, only, record, release, request


def test_a_message_is_claimed_once(log: Messages) -> None:
    assert claim(log, request()) is None
    assert claim(log, request(), at=LATER) == LoggedMessage(
        "m1", "user:u1", "big-spender", "sms", "e1", "Complete Purchase", Status.REQUESTED, None, "+15550100", None,
        NOW, UNTIL, NOW, 1,
    )  # fmt: skip


def test_a_sent_message_is_not_claimed_again(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.SENT, to="+15550100", provider_id="p1")

    standing = claim(log, request(), at=LATER)

    assert standing is not None
    assert (standing.status, standing.provider_id, standing.claimed_until, standing.updated_at) == (
        Status.SENT, "p1", None, LATER,
    )  # fmt: skip


def test_a_released_message_can_be_claimed_again(log: Messages) -> None:
    claim(log, request())
    release(log, request(), spend_usd=0)

    assert (only(log).status, only(log).claimed_until) == (Status.WAITING, None)
    assert only(log).reason is Why.PROVIDER_UNAVAILABLE
    assert claim(log, request(), at=LATER) is None
    assert (only(log).status, only(log).reason) == (Status.REQUESTED, None)


def test_attempts_are_counted_unless_the_message_was_not_tried(log: Messages) -> None:
    for tried, attempts in ((True, 1), (False, 1), (True, 2), (False, 2), (False, 2)):
        assert claim(log, request(), spend_usd=0.1, cap_usd=0.1) is None
        release(log, request(), tried=tried, spend_usd=0.1)
        assert only(log).attempts == attempts

    claim(log, request())
    assert only(log).attempts == 3
    record(log, request(), Status.SENT)
    assert only(log).attempts == 3


def test_a_claim_that_is_taken_over_counts_as_another_attempt(log: Messages) -> None:
    claim(log, request())
    claim(log, request(), at=LATER, instead_of=only(log))

    assert only(log).attempts == 2


def test_only_a_claim_is_released(log: Messages) -> None:
    release(log, request(), spend_usd=0.01)
    assert log.of_person(["user:u1"], 10) == []

    claim(log, request(), spend_usd=0.01, cap_usd=0.01)
    record(log, request(), Status.SENT)
    release(log, request(), spend_usd=0.01)

    assert only(log).status is Status.SENT
    with pytest.raises(SpendCapReached):
        claim(log, request(2), spend_usd=0.01, cap_usd=0.01)


@pytest.mark.parametrize("uncertain", [False, True])
def test_an_expired_claim_is_taken_over_once(log: Messages, uncertain: bool) -> None:
    claim(log, request())
    if uncertain:
        record(log, request(), Status.UNCERTAIN, reason=Why.OUTCOME_UNKNOWN)
    stood = only(log)

    assert claim(log, request(), at=LATER, until=LATER + timedelta(seconds=35), instead_of=stood) is None
    standing = claim(log, request(), at=LATER, until=LATER + timedelta(seconds=40), instead_of=stood)

    assert standing is not None
    assert (standing.status, standing.claimed_until) == (Status.REQUESTED, LATER + timedelta(seconds=35))
