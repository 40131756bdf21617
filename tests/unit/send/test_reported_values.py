"""Addresses and texts that failed somewhere, as public reports have them, and what leaves or why nothing does."""

from __future__ import annotations

from email.header import decode_header, make_header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import identity
from shared.messaging.channels import Channel
from shared.messaging.messages import Why
from shared.workspace.model import EmailSettings, SmsSettings, Template
from tests.fakes.send_stage import SHOP, SendStage

EVERYWHERE = SmsSettings(allowed_prefixes=("+",), daily_spend_usd=100.0, price_usd=0.01, sender_id="Shop")

EMAILS: dict[str, tuple[str, str | None]] = {
    "a plain address": ("ana@shop.example", "ana@shop.example"),
    "an international domain": ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example"),
    "an international domain in two characters": ("ana@bu\u0308cher.example", "ana@xn--bcher-kva.example"),
    "a domain with an ideographic full stop": ("ana@shop\u3002example", "ana@shop.example"),
    "a domain that is punycode already": ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
    "marks and spaces around": ("\ufeff ana@shop.example\u200b\u00a0", "ana@shop.example"),
    "letters outside ASCII before the @": ("j\u00fcrgen@shop.example", None),
    "a bracket at the end": ("ana@shop.example>", None),
    "a name beside it": ("Ana <ana@shop.example>", None),
    "two addresses": ("ana@shop.example,bo@shop.example", None),
    "two dots": ("ana@shop..example", None),
    "no dot": ("ana@localhost", None),
    "a domain that begins with a hyphen": ("ana@-shop.example", None),
    "an address literal": ("ana@[192.0.2.1]", None),
    "a new line and a header": ("ana@shop.example\r\nBcc: bo@shop.example", None),
    "64 characters before the @": ("a" * 64 + "@shop.example", "a" * 64 + "@shop.example"),
    "65 characters before the @": ("a" * 65 + "@shop.example", None),
    "a label of 63 characters": ("a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example"),
    "a label of 64 characters": ("a@" + "b" * 64 + ".example", None),
}

PHONES: dict[str, tuple[str, str | None]] = {
    "a plain number": ("+14155550100", "+14155550100"),
    "minus signs of typography": ("+1\u2212415\u2212555\u22120100", "+14155550100"),
    "a tab": ("+1\t415 555 0100", "+14155550100"),
    "a trunk prefix in brackets": ("+44 (0)20 7946 0958", "+442079460958"),
    "marks of writing direction": ("\u202a+1 415 555 0100\u202c", "+14155550100"),
    "Arabic digits": ("+\u0661\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0660\u0660", "+14155550100"),
    "00 for the plus sign": ("00442079460958", "+442079460958"),
    "a national number": ("0532 123 45 67", None),
    "zeros": ("(000) 000-0000", None),
    "a country that there is not": ("+999123456789", None),
    "too few digits": ("+1415555010", None),
}

MUELLER = "M\u00fcller \u00c7i\u00e7ek"
LONG = "\u672c\u306e\u5e97" * 20

SENDERS = {
    "a name and an address": ("Shop <hello@shop.example>", "Shop", "hello@shop.example"),
    "an address alone": ("hello@shop.example", "", "hello@shop.example"),
    "a name outside ASCII": (f"{MUELLER} <hello@shop.example>", MUELLER, "hello@shop.example"),
    "a long name outside ASCII": (f"{LONG} <a@shop.example>", LONG, "a@shop.example"),
    "an international domain": ("hello@b\u00fccher.example", "", "hello@xn--bcher-kva.example"),
    "a comma in the name": ("Shop, Inc. <hello@shop.example>", '"Shop, Inc."', "hello@shop.example"),
    "a name in quotes": ('"Shop \\"A\\"" <hello@shop.example>', '"Shop \\"A\\""', "hello@shop.example"),
}  # fmt: skip


def sent_to(channel: Channel, trait: str, written: str) -> str | None:
    """Where a message goes; None when it is refused as no valid address."""
    stage = SendStage(channel)
    stage.reconfigure(sms=EVERYWHERE)
    facts: dict[str, Any] = {trait: written, "consents": {"sms": True}}
    stage.person(**facts)
    stage.queue()
    assert stage.invoke() == []
    sent = [email.to for email in stage.email.sent] + [sms.to for sms in stage.sms.sent]
    if sent:
        assert stage.logged.to == sent[0]
        return sent[0]
    assert stage.logged.reason is Why.ADDRESS_NOT_VALID
    return None


@pytest.mark.parametrize(("written", "to"), EMAILS.values(), ids=EMAILS)
def test_an_email_goes_to_an_address_that_can_be_sent_to_or_nowhere(written: str, to: str | None) -> None:
    assert sent_to("email", "email", written) == to


@pytest.mark.parametrize(("written", "to"), PHONES.values(), ids=PHONES)
def test_an_sms_goes_to_the_number_that_is_meant_or_nowhere(written: str, to: str | None) -> None:
    assert sent_to("sms", "phone", written) == to
    assert identity.named("phone", written) == to


@given(
    st.text(st.sampled_from("+0123456789 ()-.\u2212\u00a0\u0661"), min_size=1, max_size=20)
    | st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
)
def test_a_number_that_names_somebody_can_be_sent_to_and_no_other(written: str) -> None:
    if written.strip(" \u00a0"):
        assert sent_to("sms", "phone", written) == identity.named("phone", written)


@pytest.mark.parametrize(("configured", "name", "address"), SENDERS.values(), ids=SENDERS)
def test_a_sender_is_written_as_mail_servers_take_it(configured: str, name: str, address: str) -> None:
    stage = SendStage("email")
    stage.reconfigure(email=EmailSettings(sender=configured))
    stage.person(email="ana@shop.example")
    stage.queue()
    stage.invoke()
    (email,) = stage.email.sent
    said, _, bare = email.sender.rpartition(" ")
    assert (str(make_header(decode_header(said))), bare.strip("<>")) == (name, address)
    assert email.sender.isascii()
    assert all(len(word) <= 75 for word in said.split())


@pytest.mark.parametrize(
    "configured", ["m\u00fcller@shop.example", "Shop", "a@localhost", "a@shop.example, b@shop.example"]
)
def test_a_sender_that_cannot_send_is_none(configured: str) -> None:
    stage = SendStage("email")
    stage.reconfigure(email=EmailSettings(sender=configured))
    stage.person(email="ana@shop.example")
    stage.queue()
    stage.invoke()
    assert stage.logged.reason is Why.CHANNEL_NOT_CONFIGURED


def test_control_characters_of_a_trait_are_in_no_message() -> None:
    name = "a\x00\x01\x1bb"
    workspace = SHOP.model_copy(
        update={
            "templates": tuple(
                Template(id=one.id, channel=one.channel, parts=dict.fromkeys(one.parts, "{{ traits.name }}"))
                for one in SHOP.templates
                if one.channel in ("email", "sms")
            )
        }
    )
    channels: tuple[Channel, ...] = ("email", "sms")
    for channel in channels:
        stage = SendStage(channel, workspace)
        stage.person(name=name, email="ana@shop.example", phone="+14155550100", consents={"sms": True})
        stage.queue()
        stage.invoke()
        said = [(one.subject, one.html) for one in stage.email.sent] + [
            (one.text, "ab") for one in stage.sms.sent
        ]
        assert said == [("ab", "ab")]
