"""One message, and every reason for which it is not sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.messaging.channels import Channel
from shared.messaging.messages import Status, Why
from shared.workspace.model import EmailSettings
from tests.fakes.send_stage import NOON, SHOP, SendStage, device
from tests.unit.send.sending.one_message import WITHOUT_TOKEN, moved, outcome, stage

Case = tuple[Channel, dict[str, Any], Status, Why, str | None]
REASONS: list[Case] = [
    ("email", {"consents": {"email": False}}, Status.SKIPPED, Why.CONSENT_WITHDRAWN, "ada@x.example"),
    ("sms", {"consents": {"sms": False}}, Status.SKIPPED, Why.CONSENT_WITHDRAWN, "+15550100123"),
    ("sms", {"consents": {"push": True}}, Status.SKIPPED, Why.CONSENT_NOT_GIVEN, "+15550100123"),
    ("push", {"consents": {"sms": True}}, Status.SKIPPED, Why.CONSENT_NOT_GIVEN, "android/a1, ios/i1"),
    ("email", {"email": None}, Status.SKIPPED, Why.NO_ADDRESS, None),
    ("email", {"email": " "}, Status.SKIPPED, Why.NO_ADDRESS, None),
    ("email", {"email": 17}, Status.SKIPPED, Why.NO_ADDRESS, None),
    ("email", {"email": "ada@x"}, Status.FAILED, Why.ADDRESS_NOT_VALID, "ada@x"),
    ("email", {"email": "a@x.example,b@y.example"}, Status.FAILED, Why.ADDRESS_NOT_VALID, "a@x.example,b@y.example"),
    ("email", {"email": "a@x.example\nBcc: b@y"}, Status.FAILED, Why.ADDRESS_NOT_VALID, "a@x.example\nBcc: b@y"),
    ("sms", {"phone": None}, Status.SKIPPED, Why.NO_ADDRESS, None),
    ("sms", {"phone": "555 0100"}, Status.FAILED, Why.ADDRESS_NOT_VALID, "555 0100"),
    ("sms", {"phone": "+1555"}, Status.FAILED, Why.ADDRESS_NOT_VALID, "+1555"),
    ("sms", {"phone": "+43 1 234567"}, Status.SKIPPED, Why.COUNTRY_NOT_ALLOWED, "+431234567"),
    ("push", {"devices": []}, Status.SKIPPED, Why.NO_ADDRESS, None),
    ("push", {"devices": [moved("a1"), moved("i1", "ios")]}, Status.SKIPPED, Why.TOKEN_MOVED, "android/a1, ios/i1"),
    ("push", {"devices": [moved("a1"), WITHOUT_TOKEN]}, Status.SKIPPED, Why.TOKEN_MOVED, "android/a1"),
    ("push", {"devices": [moved("a1"), device("w1", "web")]}, Status.SKIPPED, Why.CHANNEL_NOT_CONFIGURED, "web/w1"),
    ("push", {"devices": [device("w1", "web")]}, Status.SKIPPED, Why.CHANNEL_NOT_CONFIGURED, "web/w1"),
]  # fmt: skip


@pytest.mark.parametrize(("channel", "facts", "status", "why", "to"), REASONS)
def test_what_the_person_does_not_want_or_cannot_get_is_not_sent_and_the_log_says_why(
    channel: Channel, facts: dict[str, Any], status: Status, why: Why, to: str | None
) -> None:
    made = stage(channel, **facts)
    made.queue()

    assert outcome(made) == (status, why, to)
    assert (made.email.tried, made.sms.tried, made.push.tried, made.stream.entries) == (0, 0, 0, [])


def test_consent_to_email_need_not_be_given_and_a_webhook_needs_none() -> None:
    for channel in ("email", "webhook"):
        made = stage(channel, consents={})
        made.queue()
        assert outcome(made)[0] is Status.SENT


def test_a_value_the_template_needs_is_missing() -> None:
    made = stage("sms")
    made.queue(currency=None)

    assert outcome(made) == (Status.FAILED, Why.TEMPLATE_VALUE_MISSING, "+15550100123")


def test_a_message_that_failed_for_its_template_stays_failed_though_that_is_mended() -> None:
    """As docs/operating.md says; nothing asks for it again, and if something did, it would be told how it stands."""
    made = stage("sms")
    made.queue(currency=None)
    assert outcome(made)[0] is Status.FAILED
    mended = tuple(
        one.model_copy(update={"parts": {"text": "Thank you."}}) if one.channel == "sms" else one
        for one in SHOP.templates
    )
    made.workspaces.apply(SHOP.model_copy(update={"templates": mended}), after=1, at=NOON, by="a test")

    made.queue(currency=None)
    assert outcome(made)[:2] == (Status.FAILED, Why.TEMPLATE_VALUE_MISSING)
    assert not made.sms.sent

    made.queue(event_id="e2", currency=None)
    made.invoke()
    assert len(made.sms.sent) == 1


def test_a_template_that_cannot_be_rendered_fails() -> None:
    made = stage("sms")
    made.queue(currency="x" * 2000)

    assert outcome(made) == (Status.FAILED, Why.TEMPLATE_FAILED, "+15550100123")


def test_a_person_who_is_gone_gets_nothing() -> None:
    made = SendStage("email")
    made.queue("user:nobody")

    assert outcome(made) == (Status.SKIPPED, Why.PERSON_UNKNOWN, None)


def test_a_campaign_that_is_gone_or_sends_elsewhere_now_sends_nothing() -> None:
    others = tuple(
        one.model_copy(update={"channel": "sms"}) for one in SHOP.campaigns if one.id == "by-email"
    )
    for campaigns in ((), others):
        made = stage("email", SHOP.model_copy(update={"campaigns": campaigns}))
        made.queue()
        assert outcome(made) == (Status.SKIPPED, Why.CAMPAIGN_GONE, None)


@pytest.mark.parametrize("expires_minutes", [10, None])
@pytest.mark.parametrize(("late", "sent"), [(-1, True), (0, False), (1, False)])
def test_a_message_is_not_sent_once_its_time_is_over(
    expires_minutes: int | None, late: int, sent: bool
) -> None:
    campaigns = tuple(one.model_copy(update={"expires_minutes": expires_minutes}) for one in SHOP.campaigns)
    made = stage("email", SHOP.model_copy(update={"campaigns": campaigns}))
    longest = timedelta(minutes=expires_minutes) if expires_minutes else timedelta(days=13)
    made.queue()
    made.later(longest + timedelta(microseconds=late))

    expected = (Status.SENT, None) if sent else (Status.EXPIRED, Why.WAITED_TOO_LONG)
    assert outcome(made)[:2] == expected
    assert len(made.email.sent) == sent


def test_email_without_a_sender_is_not_configured() -> None:
    made = stage("email")
    made.reconfigure(email=EmailSettings())
    made.queue()

    assert outcome(made) == (Status.SKIPPED, Why.CHANNEL_NOT_CONFIGURED, "ada@x.example")


@pytest.mark.parametrize("lost", ["secret", "webhook"])
def test_a_webhook_without_secret_or_address_is_not_configured(lost: str) -> None:
    made = stage("webhook")
    if lost == "secret":
        made.secrets.clear()
    else:
        made.reconfigure(webhooks={})
    made.queue()

    assert outcome(made)[:2] == (Status.SKIPPED, Why.CHANNEL_NOT_CONFIGURED)
