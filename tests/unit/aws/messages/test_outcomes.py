"""The message log on moto and the fake: what became of a message, and what stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.messaging.messages import Status, Why
from shared.ports.messages import Messages
from tests.unit.aws.messages.one_message import LATER, NOW, UNTIL, claim, only, record, release, request


def test_nobody_finds_a_message_that_is_not_there(log: Messages) -> None:
    assert log.find("m1") is None


def test_a_message_that_may_have_left_before_is_given_back_as_uncertain(log: Messages) -> None:
    claim(log, request())
    assert claim(log, request(), at=LATER, instead_of=only(log)) is None
    release(log, request(), tried=False, may_have_left=True, at=LATER)

    given_back = only(log)
    assert (given_back.status, given_back.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
    assert (given_back.attempts, given_back.claimed_until) == (1, None)
    standing = log.decline(request(), status=Status.EXPIRED, reason=Why.WAITED_TOO_LONG, to=None, at=LATER)
    assert standing == given_back
    assert claim(log, request(), at=LATER) == given_back
    assert claim(log, request(), at=LATER, instead_of=given_back) is None
    assert only(log).attempts == 2


def test_a_declined_message_says_why_and_is_not_claimed(log: Messages) -> None:
    assert log.decline(request(), status=Status.SKIPPED, reason=Why.NO_ADDRESS, to=None, at=NOW) is None

    standing = claim(log, request())

    assert standing is not None
    assert (standing.status, standing.reason, standing.to) == (Status.SKIPPED, Why.NO_ADDRESS, None)


def test_the_words_behind_a_reason_stay_with_it_and_go_with_it(log: Messages) -> None:
    words = "`text` of the template sms, line 1: `traits.x` is missing, and there is no default"
    log.decline(
        request(), status=Status.FAILED, reason=Why.TEMPLATE_VALUE_MISSING, to=None, at=NOW, detail=words
    )
    assert only(log).detail == words


def test_the_words_of_a_refusal_are_replaced_by_what_is_known_later(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.FAILED, reason=Why.PROVIDER_REFUSED, detail="MessageRejected: no")
    assert only(log).detail == "MessageRejected: no"

    record(log, request(), Status.SENT, provider_id="p1")
    assert (only(log).status, only(log).reason, only(log).detail) == (Status.SENT, None, None)


def test_a_claimed_message_is_not_declined(log: Messages) -> None:
    claim(log, request())
    standing = log.decline(request(), status=Status.SKIPPED, reason=Why.CONSENT_WITHDRAWN, to=None, at=LATER)

    assert standing is not None
    assert standing.claimed_until == UNTIL
    assert only(log).status is Status.REQUESTED


def test_a_released_message_can_be_declined(log: Messages) -> None:
    claim(log, request())
    release(log, request(), spend_usd=0)

    assert (
        log.decline(request(), status=Status.SKIPPED, reason=Why.CONSENT_WITHDRAWN, to="+1555", at=LATER)
        is None
    )
    assert (only(log).status, only(log).to) == (Status.SKIPPED, "+1555")


@pytest.mark.parametrize("status", [Status.FAILED, Status.UNCERTAIN, Status.SENT])
def test_a_sent_message_stays_sent(log: Messages, status: Status) -> None:
    claim(log, request())
    record(log, request(), Status.SENT, provider_id="p1")
    record(log, request(), status, reason=Why.OUTCOME_UNKNOWN, at=LATER + timedelta(hours=1))

    assert (only(log).status, only(log).reason, only(log).updated_at) == (Status.SENT, None, LATER)


def test_a_sent_message_becomes_delivered_and_stays_that(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.SENT, provider_id="p1")
    record(log, request(), Status.DELIVERED)
    record(log, request(), Status.FAILED, reason=Why.PROVIDER_REFUSED)

    assert (only(log).status, only(log).provider_id, only(log).to) == (Status.DELIVERED, "p1", "+15550100")


def test_an_uncertain_message_turns_out_to_be_sent(log: Messages) -> None:
    claim(log, request())
    record(log, request(), Status.UNCERTAIN, reason=Why.OUTCOME_UNKNOWN)
    record(log, request(), Status.SENT)

    assert (only(log).status, only(log).reason) == (Status.SENT, None)


def test_what_was_never_claimed_is_not_recorded(log: Messages) -> None:
    record(log, request(), Status.SENT)
    assert log.of_person(["user:u1"], 10) == []
