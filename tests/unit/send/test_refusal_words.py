"""What stands behind a reason in the message log: who said what, where in which template, and nobody's data."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging import refusal_words
from shared.messaging.channels import Channel
from shared.messaging.messages import Status, Why
from shared.messaging.providers import ProviderRefused
from shared.messaging.refusal_words import LONGEST, kept, texts_in
from shared.workspace.model import Template, Workspace
from tests.fakes.send_stage import SHOP, SendStage, device

NAME = "Ada Lovelace"
CONSENTS = {"sms": True, "push": True, "email": True}


def failed(
    channel: Channel, *, refusal: str | None = None, parts: dict[str, str] | None = None, **queued: Any
) -> tuple[Status, Why | None, str | None]:
    """How the only message of a person called Ada stands, once its provider or its template refused it."""
    made = SendStage(channel, of(channel, parts) if parts else SHOP)
    made.person(
        email="ada@x.example", phone="+15550100123", name=NAME, consents=CONSENTS, devices=[device("ada")]
    )
    if refusal is not None:
        provider: Any = getattr(made, channel)
        provider.failures = deque([ProviderRefused(Why.PROVIDER_REFUSED, refusal)])
    made.queue(**queued)
    made.invoke()
    (found,) = made.messages.items.values()
    return found.status, found.reason, found.detail


def of(channel: Channel, parts: dict[str, str], files: dict[str, str] | None = None) -> Workspace:
    others = tuple(one for one in SHOP.templates if one.id != channel)
    template = Template(id=channel, channel=channel, parts=parts, files=files or {})
    return SHOP.model_copy(update={"templates": (*others, template)})


@pytest.mark.parametrize(
    ("channel", "refusal", "detail"),
    [
        (
            "email",
            "MessageRejected: Email address is not verified. The following identities failed the check in region"
            " EU-WEST-1: shop@shop.example, ADA@x.example",
            "MessageRejected: Email address is not verified. The following identities failed the check in region"
            " EU-WEST-1: shop@shop.example, …",
        ),
        (
            "sms",
            "InvalidParameter: Invalid parameter: PhoneNumber Reason: +15550100123 is not valid",
            "InvalidParameter: Invalid parameter: PhoneNumber Reason: … is not valid",
        ),
        (
            "push",
            "InvalidParameter: token-of-ada for user u1 of Ada Lovelace: too long",
            "InvalidParameter: … for user u1 of …: too long",
        ),
        (
            "webhook",
            'status 422: {"error": "no customer\nada lovelace"}',
            'status 422: {"error": "no customer …"}',
        ),
    ],
)
def test_a_refusal_keeps_the_providers_words_and_nobodys_data(
    channel: Channel, refusal: str, detail: str
) -> None:
    assert failed(channel, refusal=refusal) == (Status.FAILED, Why.PROVIDER_REFUSED, detail)


@pytest.mark.parametrize(
    ("channel", "parts", "detail"),
    [
        (
            "email",
            {"subject": "Hi", "html": "<p>\n\n{{ traits.surname }}</p>"},
            "`html` of the template email, line 3: `traits.surname` is missing, and there is no default",
        ),
        (
            "sms",
            {"text": "{{ properties.street }}"},
            "`text` of the template sms, line 1: `properties.street` is missing, and there is no default",
        ),
        (
            "push",
            {"title": "{{ traits.surname }}", "text": "x"},
            "`title` of the template push, line 1: `traits.surname` is missing, and there is no default",
        ),
        (
            "webhook",
            {"body": '{"a":\n{{ properties.x | json }}}'},
            "`body` of the template webhook, line 2: `properties.x` is missing, and there is no default",
        ),
    ],
)
def test_a_missing_value_says_which_and_where(channel: Channel, parts: dict[str, str], detail: str) -> None:
    assert failed(channel, parts=parts) == (Status.FAILED, Why.TEMPLATE_VALUE_MISSING, detail)


@pytest.mark.parametrize(
    ("channel", "parts", "begins"),
    [
        (
            "email",
            {"subject": "x", "text": "a\n{{ traits.name | times: 'x' | date: 5 }}"},
            "`text` of the template email",
        ),
        (
            "sms",
            {"text": "{% if properties.amount == 1500 %}{% endif %}"},
            "`text` of the template sms is empty",
        ),
        (
            "sms",
            {"text": "{{ traits.name }}" * 200},
            "`text` of the template sms has 2400 characters, and 1600 are the most",
        ),
        ("webhook", {"body": '{"a": {{ traits.name }}}'}, "`body` of the template webhook: not JSON"),
        ("push", {"title": "{{ traits.name | date: 1, 2, 3 }}", "text": "x"}, "`title` of the template push"),
    ],
)
def test_a_template_that_fails_says_what_and_where_and_nobodys_name(
    channel: Channel, parts: dict[str, str], begins: str
) -> None:
    status, why, detail = failed(channel, parts=parts)

    assert (status, why) == (Status.FAILED, Why.TEMPLATE_FAILED)
    assert detail is not None
    assert detail.startswith(begins)
    assert NAME not in detail


def test_the_file_of_a_part_is_named_and_lines_are_the_files() -> None:
    workspace = of("sms", {"text": "\n\n{{ traits.surname }}"}, {"text": "thanks.text.liquid"})
    made = SendStage("sms", workspace)
    made.person(phone="+15550100123", consents=CONSENTS)
    made.queue()
    made.invoke()

    (found,) = made.messages.items.values()
    assert found.detail is not None
    assert found.detail.startswith("thanks.text.liquid, `text` of the template sms, line 3: `traits.surname`")


def test_what_was_sent_has_no_words() -> None:
    assert failed("sms") == (Status.SENT, None, None)


def test_a_reason_of_the_person_alone_has_no_words() -> None:
    made = SendStage("email")
    made.person()
    made.queue()
    made.invoke()

    (found,) = made.messages.items.values()
    assert (found.reason, found.detail) == (Why.NO_ADDRESS, None)


@pytest.mark.parametrize(
    ("words", "private", "text"),
    [
        ("no", [], "no"),
        ("  two\nlines ", [], "two lines"),
        ("ada@x.example bounced", ["ada@x.example"], "… bounced"),
        ("+1555 of +15550100", ["+15550100"], "+1555 of …"),
        ("the theme of the", ["the"], "… theme of …"),
        ("to is short", ["to"], "to is short"),
        ("Anna, Ann", ["Ann", "Anna"], "…, …"),
        ("(a+b) is text", ["(a+b)"], "… is text"),
        ("x" * LONGEST, [], "x" * LONGEST),
        ("x" * (LONGEST + 1), [], "x" * (LONGEST - 1) + "…"),
        ("", ["abc"], ""),
    ],
)
def test_words_are_one_line_bounded_and_without_private_texts(
    words: str, private: list[str], text: str
) -> None:
    assert kept(words, private) == text


@given(st.text(max_size=2000), st.lists(st.text(max_size=20), max_size=5))
def test_words_never_grow_beyond_the_bound(words: str, private: list[str]) -> None:
    assert len(kept(words, private)) <= LONGEST


@given(st.from_regex(r"[a-z]{3,20}", fullmatch=True), st.text(max_size=100), st.text(max_size=100))
def test_a_private_word_between_spaces_never_stays(private: str, before: str, after: str) -> None:
    said = kept(f"{before} {private.upper()} {after}", [private])

    assert f" {private.upper()} " not in f" {said} "


def test_texts_and_numbers_at_any_depth_are_private() -> None:
    value = {"a": ["Ada", {"b": 1500.0}], "c": True, "d": None, "e": 42}

    assert set(texts_in(value)) == {"Ada", "1500.0", "1500", "42"}


def test_only_so_much_of_what_was_said_is_read() -> None:
    assert kept("a b " * refusal_words.LONGEST_READ, ["zzz"]).startswith("a b a b")
