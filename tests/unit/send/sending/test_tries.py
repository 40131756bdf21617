"""One message whose provider refuses, is down, or whose answer is lost."""

from __future__ import annotations

from shared.messaging.messages import Status, Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderRefused,
    ProviderUnavailable,
)
from shared.workspace.model import EmailSettings
from tests.unit.send.sending.one_message import ADA, outcome, stage


def test_a_refused_message_has_failed() -> None:
    made = stage("sms")
    made.sms.failures.append(ProviderRefused(Why.ADDRESS_NOT_REACHABLE, "opted out"))
    made.queue()

    assert outcome(made) == (Status.FAILED, Why.ADDRESS_NOT_REACHABLE, "+15550100123")
    assert not made.stream.entries


def test_a_provider_that_is_down_is_tried_again_until_it_works() -> None:
    made = stage("sms")
    made.sms.failures.extend([ProviderUnavailable("throttled")] * 2)
    made.queue()

    for _ in range(2):
        assert made.invoke() == ["q1"]
        assert (made.logged.status, made.logged.claimed_until) == (Status.WAITING, None)
        assert made.messages.spent["sms 2026-11-21"] == 0
        made.later()
    assert outcome(made) == (Status.SENT, None, "+15550100123")
    assert (len(made.sms.sent), made.messages.spent["sms 2026-11-21"]) == (1, 10_000)


def test_when_the_answer_is_lost_the_message_is_uncertain_and_not_sent_again() -> None:
    made = stage("sms")
    made.sms.failures.append(OutcomeUnknown("timeout"))
    made.queue()

    assert outcome(made) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, "+15550100123")
    assert (len(made.sms.sent), made.messages.spent["sms 2026-11-21"]) == (1, 10_000)


def test_an_uncertain_email_is_sent_again_only_where_the_workspace_allows_it() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings(sender="shop@shop.example", resend_uncertain=True))
    made.email.failures.append(OutcomeUnknown("timeout"))
    made.queue()

    assert made.invoke() == ["q1"]
    assert made.invoke() == ["q1"], "the claim has not expired yet"
    made.later()
    assert outcome(made) == (Status.SENT, None, "ada@x.example")
    assert len(made.email.sent) == 2


def test_consent_withdrawn_between_two_tries_is_respected() -> None:
    made = stage("sms")
    made.sms.failures.append(ProviderUnavailable("down"))
    made.queue()
    made.invoke()
    made.person(**{**ADA, "consents": {"sms": False}})
    made.later()

    assert outcome(made) == (Status.SKIPPED, Why.CONSENT_WITHDRAWN, "+15550100123")
    assert not made.sms.sent


def test_a_message_that_may_have_left_is_not_called_skipped() -> None:
    made = stage("sms")
    made.messages.failing.append("record")
    made.queue()
    assert made.invoke() == ["q1"]
    made.person(**{**ADA, "consents": {"sms": False}})

    assert made.invoke() == ["q1"], "the claim has not expired yet"
    made.later()
    assert outcome(made) == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN, "+15550100123")
