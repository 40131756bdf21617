"""An email that may have left: never said to be one that did not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.send.pacing.pauses import MOST_ATTEMPTS
from shared.messaging.messages import LONGEST_WAIT, Status, Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
)
from shared.workspace.model import EmailSettings
from tests.fakes.send_stage import SendStage
from tests.unit.send.waiting.waiting_stage import stage


def test_an_email_whose_answer_is_always_lost_is_not_sent_for_ever() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout")] * 100)
    made.queue()

    for _ in range(MOST_ATTEMPTS):
        assert made.invoke() == ["q1"]
        assert made.pauses == {"q1": 65}, "until the claim is over"
        made.later()
    assert made.invoke() == []
    assert (made.logged.status, len(made.email.sent)) == (Status.UNCERTAIN, MOST_ATTEMPTS)


THEN: dict[str, Callable[[SendStage], object]] = {
    "it expires": lambda made: made.later(LONGEST_WAIT),
    "consent is withdrawn": lambda made: made.person(email="ada@x.example", consents={"email": False}),
    "the person is gone": lambda made: made.profiles._items.clear(),
    "it is not to be sent again": lambda made: made.reconfigure(
        email=EmailSettings(sender="shop@shop.example")
    ),
}


@pytest.mark.parametrize("failure", [ProviderThrottled("429"), ProviderUnavailable("500")], ids=repr)
@pytest.mark.parametrize("then", THEN.values(), ids=list(THEN))
def test_an_email_that_may_have_left_never_ends_as_one_that_did_not(
    failure: Exception, then: Callable[[SendStage], object]
) -> None:
    """Its first answer was lost; the second try surely did not leave, which says nothing of the first."""
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout"), failure])
    made.queue()
    made.invoke()
    made.later()
    assert made.invoke() == ["q1"], "it is to be tried again"
    assert (made.logged.status, made.logged.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
    then(made)
    made.later()

    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
    assert len(made.email.sent) == 1


def test_an_email_that_may_have_left_is_not_failed_by_a_later_refusal() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout"), ProviderRefused(Why.PROVIDER_REFUSED, "no")])
    made.queue()
    made.invoke()
    made.later()

    assert made.invoke() == []
    assert (made.logged.status, made.logged.reason) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)


def test_an_email_that_may_have_left_is_sent_after_throttling() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.extend([OutcomeUnknown("timeout"), *[ProviderThrottled("429")] * MOST_ATTEMPTS])
    made.queue()
    for _ in range(1 + MOST_ATTEMPTS):
        assert made.invoke() == ["q1"]
        made.later()

    assert made.invoke() == []
    assert (made.logged.status, made.logged.attempts) == (Status.SENT, 2)
