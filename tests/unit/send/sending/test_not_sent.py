"""One message: what is sent, what is said, and every reason for which it is not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.fold.parts.devices import Device
from shared.fold.profile import Changes, Pointer
from shared.messaging.channels import Channel
from shared.messaging.messages import Status, Why
from shared.messaging.providers import (
    OutcomeUnknown,
    ProviderClosed,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    Sms,
)
from shared.workspace.model import EmailSettings, SmsSettings, Workspace
from tests.fakes import process_stage
from tests.fakes.send_stage import NOON, SHOP, SendStage, device


def moved(name: str, platform: str = "android") -> Device:
    return replace(device(name, platform), token_moved=True)


WITHOUT_TOKEN = replace(device("i1"), token=None)

ADA: dict[str, Any] = {
    "email": "ada@x.example",
    "phone": "+1 (555) 010-0123",
    "devices": [device("a1"), device("i1", "ios")],
    "consents": {"sms": True, "push": True},
}


def stage(channel: Channel, workspace: Workspace = SHOP, **facts: Any) -> SendStage:
    made = SendStage(channel, workspace)
    made.person(**{**ADA, **facts})
    return made


def outcome(made: SendStage) -> tuple[Status, Why | None, str | None]:
    """Run the one message that waits, to its end."""
    assert made.invoke() == []
    return made.logged.status, made.logged.reason, made.logged.to


def test_an_email_goes_to_the_persons_address() -> None:
    made = stage("email", name="Ada & Co")
    request = made.queue()

    assert outcome(made) == (Status.SENT, None, "ada@x.example")
    (email,) = made.email.sent
    assert (email.sender, email.to, email.subject) == (
        "shop@shop.example",
        "ada@x.example",
        "Thanks, Ada & Co",
    )
    assert (email.html, email.text) == ("<b>1500</b>", None)
    assert (email.message, email.campaign) == (request.id, "by-email")
    assert made.logged.provider_id == "email-1"


def test_an_sms_has_the_amount_in_it() -> None:
    made = stage("sms")
    made.queue()

    assert outcome(made) == (Status.SENT, None, "+15550100123")
    assert made.sms.sent == [Sms("+15550100123", "1500 USD paid", sender_id="Shop")]
    assert made.messages.spent == {"sms 2026-11-21": 10_000}


def test_an_sms_comes_from_the_number_and_is_of_the_type_that_the_workspace_says() -> None:
    made = stage("sms")
    made.reconfigure(
        sms=SmsSettings(allowed_prefixes=("+1",), type="promotional", sender_number="+18005550100")
    )
    made.queue()
    made.invoke()

    (sms,) = made.sms.sent
    assert (sms.type, sms.sender_id, sms.sender_number) == ("promotional", None, "+18005550100")


def test_a_push_goes_to_every_device_with_a_token() -> None:
    made = stage("push", devices=[device("a1"), device("i1", "ios"), device("w1", "web")])
    made.queue()

    assert outcome(made) == (Status.SENT, None, "android/a1, ios/i1, web/w1")
    assert [(platform, token) for platform, token, _ in made.push.sent] == [
        ("android", "token-of-a1"),
        ("ios", "token-of-i1"),
    ]
    assert {(one.title, one.text) for _, _, one in made.push.sent} == {("Paid", "1500")}


def test_a_webhook_gets_the_rendered_body() -> None:
    made = stage("webhook")
    request = made.queue()

    assert outcome(made) == (Status.SENT, None, "https://crm.example/hook")
    ((url, body, headers),) = made.webhook.posted
    assert (url, body) == ("https://crm.example/hook?key=k1", b'{"amount": 1500}')
    assert headers["Idempotency-Key"] == request.id


def test_a_sent_message_is_said_on_the_stream() -> None:
    made = stage("sms")
    request = made.queue()
    made.invoke()

    (record,) = made.stream.records
    assert (record.key, record.source, record.trust, record.depth, record.workspace) == (
        "user:u1", "headrace", "server", 3, 1,
    )  # fmt: skip
    (event,) = record.events
    assert (event.type, event.name, event.user_id, event.occurred_at) == (
        "system",
        "Notification Sent",
        "u1",
        NOON,
    )
    assert event.properties == {"campaign": "by-sms", "channel": "sms", "message": request.id}


def test_an_anonymous_person_is_said_to_be_anonymous() -> None:
    made = SendStage("email")
    made.person("anonymous:a1", email="ada@x.example")
    made.queue("anonymous:a1")
    made.invoke()

    (event,) = made.said.values()
    assert (event.user_id, event.anonymous_id) == (None, "a1")


@pytest.mark.parametrize("other", [{"email": "ada@x.example"}, {"infobip": "7"}])
def test_a_person_known_only_by_an_address_or_a_vendors_id_is_said_to_be_that(other: dict[str, str]) -> None:
    [(kind, value)] = other.items()
    made = SendStage("email")
    made.person(f"{kind}:{value}", email="ada@x.example")
    made.queue(f"{kind}:{value}")
    made.invoke()

    (event,) = made.said.values()
    assert (event.user_id, event.anonymous_id, event.other_ids) == (None, None, other)


def test_a_person_who_became_another_since_is_found() -> None:
    made = stage("email")
    made.profiles.save(Changes(pointers=(Pointer("anonymous:a1", "user:u1"),)), at=NOON)
    made.queue("anonymous:a1")

    assert outcome(made) == (Status.SENT, None, "ada@x.example")


def test_a_push_leaves_out_a_device_that_somebody_else_signed_in_on() -> None:
    made = stage("push", devices=[moved("a1"), device("a2")])
    made.queue()

    assert outcome(made) == (Status.SENT, None, "android/a2")
    assert [token for _, token, _ in made.push.sent] == ["token-of-a2"]


def test_a_push_for_whoever_signed_out_never_reaches_whoever_signed_in() -> None:
    process = process_stage.Stage()
    made = SendStage("push")
    made.profiles = process.profiles
    phone = {"device": {"id": "phone", "type": "android", "token": "T"}}
    for minute, user in enumerate(("u1", "u2", "u1")):
        said = process_stage.identify(user=user, at=NOON + timedelta(minutes=minute), consents={"push": True})
        process.deliver(process.record({**said, "context": phone}, at=NOON + timedelta(hours=1)))
        for person in ("u1", "u2"):
            made.queue(f"user:{person}", event_id=f"{minute}-{person}")
        made.invoke()

    ends = {message.event_id: (message.status, message.reason) for message in made.messages.items.values()}
    skipped, unknown = (Status.SKIPPED, Why.TOKEN_MOVED), (Status.SKIPPED, Why.PERSON_UNKNOWN)
    sent = (Status.SENT, None)
    assert ends == {
        "0-u1": sent, "0-u2": unknown,
        "1-u1": skipped, "1-u2": sent,
        "2-u1": sent, "2-u2": skipped,
    }  # fmt: skip


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


def test_the_days_money_is_not_overspent() -> None:
    made = stage("sms")
    made.reconfigure(sms=SmsSettings(allowed_prefixes=("+1",), daily_spend_usd=0.02, price_usd=0.01))
    for number in range(3):
        made.queue(event_id=f"e{number}")
    made.invoke()

    assert [one.status for one in made.messages.items.values()] == [Status.SENT, Status.SENT, Status.SKIPPED]
    last = list(made.messages.items.values())[-1]
    assert (last.reason, last.to) == (Why.SPEND_CAP_REACHED, "+15550100123")
    assert len(made.sms.sent) == 2
    made.later(timedelta(days=1))
    made.queue(event_id="e4")
    made.invoke()
    assert len(made.sms.sent) == 3


def test_a_long_sms_costs_as_much_as_its_parts() -> None:
    made = stage("sms")
    made.queue(currency="x" * 200)
    made.invoke()

    assert made.messages.spent == {"sms 2026-11-21": 20_000}


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


def test_one_device_reached_is_a_message_sent_and_refused_tokens_are_reported() -> None:
    made = stage("push")
    made.push.switched_off.add("token-of-a1")
    made.queue()

    assert outcome(made)[0] is Status.SENT
    assert {event.name: event.properties for event in made.said.values()}["Push Token Invalid"] == {
        "platform": "android",
        "device": "a1",
        "token": "token-of-a1",
    }
    assert len(made.stream.entries) == 1
    assert made.push.forgotten == [("android", "token-of-a1")]


def test_when_every_token_is_refused_nobody_was_reached() -> None:
    made = stage("push", devices=[device("a1")])
    made.push.switched_off.add("token-of-a1")
    made.queue()

    assert outcome(made) == (Status.FAILED, Why.ADDRESS_NOT_REACHABLE, "android/a1")
    assert [event.name for event in made.said.values()] == ["Push Token Invalid"]


@pytest.mark.parametrize(
    ("second", "status"),
    [(ProviderUnavailable("down"), Status.SENT), (OutcomeUnknown("timeout"), Status.SENT)],
)
def test_a_device_that_fails_after_another_was_reached_does_not_repeat_the_message(
    second: Exception, status: Status
) -> None:
    made = stage("push")
    made.push.failures.extend([None, second])
    made.queue()

    assert outcome(made)[0] is status


def test_a_push_that_no_device_could_get_now_is_tried_again() -> None:
    made = stage("push")
    made.push.failures.extend([ProviderUnavailable("down")] * 2)
    made.queue()

    assert made.invoke() == ["q1"]
    made.later()
    assert outcome(made)[0] is Status.SENT
    assert len(made.push.sent) == 2


@pytest.mark.parametrize(
    "failures",
    list(itertools.permutations([ProviderRefused(Why.PROVIDER_REFUSED, "no"), ProviderThrottled("429")])),
)
def test_a_push_waits_as_long_as_one_device_may_still_get_it(failures: tuple[Exception, ...]) -> None:
    made = stage("push")
    made.push.failures.extend(failures)
    made.queue()

    assert made.invoke() == ["q1"]
    assert (made.logged.status, made.logged.reason) == (Status.WAITING, Why.RATE_LIMITED)
    made.later()
    assert outcome(made)[0] is Status.SENT


@pytest.mark.parametrize(
    "failures",
    list(itertools.permutations([ProviderClosed("switched off"), ProviderUnavailable("down")])),
)
def test_a_push_that_one_device_was_tried_with_counts_as_tried(failures: tuple[Exception, ...]) -> None:
    made = stage("push")
    made.push.failures.extend(failures)
    made.queue()

    assert made.invoke() == ["q1"]
    assert (made.logged.status, made.logged.attempts) == (Status.WAITING, 1)


def test_a_push_whose_answer_is_lost_is_uncertain() -> None:
    made = stage("push")
    made.push.failures.extend([ProviderUnavailable("down"), OutcomeUnknown("timeout")])
    made.queue()

    assert outcome(made)[:2] == (Status.UNCERTAIN, Why.OUTCOME_UNKNOWN)
