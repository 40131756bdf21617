"""One message: what is sent on each channel, and what is said of it on the stream."""

from __future__ import annotations

import pytest

from shared.fold.profile import Changes, Pointer
from shared.messaging.messages import Status
from shared.messaging.providers import (
    Sms,
)
from shared.workspace.model import SmsSettings
from tests.fakes.send_stage import NOON, SendStage, device
from tests.unit.send.sending.one_message import outcome, stage


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
