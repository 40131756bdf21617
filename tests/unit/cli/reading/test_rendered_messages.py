"""messages show on moto: a message as the workspace of its time renders it, and what became of it."""

from __future__ import annotations

import pytest

from cli.messages.content import content_of
from cli.messages.reasons import explained
from cli.problem import Problem
from cli.stacks import Stack
from shared.aws.messages.log import DynamoMessages
from shared.messaging.channels import Channel
from shared.messaging.messages import Status, Why
from tests.unit.cli.reading.stack import printed, run


def test_a_message_is_shown_as_the_workspace_of_its_time_renders_it(bea: dict[str, str]) -> None:
    shown = printed("messages", "show", bea["email"])

    assert shown["to"] == "bea@x.example"
    assert shown["content"]["parts"] == {"subject": "first: 12", "html": "<p>Hi Bea &lt;3</p>"}
    assert (shown["content"]["origin"], shown["content"]["workspace_version"]) == ("rendered_again", 1)


def test_a_message_on_a_terminal_has_its_text_and_says_that_it_was_rendered_again(
    bea: dict[str, str],
) -> None:
    card = run("messages", "show", bea["email"]).stdout

    assert "first: 12" in card
    assert "Hi Bea <3" in card
    assert "<p>" not in card
    assert (
        "It was sent. The emulator forgot its text when it stopped. This is what the template of workspace"
        in card
    )


def test_a_messages_html_is_the_html_and_nothing_else(bea: dict[str, str]) -> None:
    result = run("messages", "show", bea["email"], "--html")

    assert result.stdout == "<p>Hi Bea &lt;3</p>\n"
    assert "This is what the template of workspace version 1 makes of its event" in result.stderr


@pytest.mark.parametrize(
    ("stage", "status", "channel", "standing"),
    [
        ("local", Status.SENT, "email", "It was sent. The emulator forgot its text when it stopped."),
        ("local", Status.DELIVERED, "sms", "It was sent. The emulator forgot its text when it stopped."),
        ("local", Status.SENT, "webhook", "It was sent, but its text is not stored."),
        ("prod", Status.SENT, "email", "It was sent, but its text is not stored."),
        ("local", Status.SKIPPED, "email", "It was not sent."),
        ("prod", Status.EXPIRED, "sms", "It was not sent."),
        ("local", Status.FAILED, "email", "It did not reach the person."),
        ("local", Status.UNCERTAIN, "email", "It is unknown whether it was sent."),
        ("local", Status.REQUESTED, "email", "It is not sent yet."),
        ("local", Status.WAITING, "sms", "It is not sent yet."),
    ],
)
def test_what_is_rendered_again_says_whether_it_was_sent_at_all(
    bea: dict[str, str], stage: str, status: Status, channel: Channel, standing: str
) -> None:
    found = DynamoMessages("messages").find(bea["email"])
    assert found is not None

    content = content_of(found._replace(status=status, channel=channel), Stack.load(stage))
    assert content.parts is not None
    assert content.note.startswith(f"{standing} This is what the template of workspace version 1 makes")


def test_a_message_says_who_it_comes_from_by_the_workspace_of_its_time(bea: dict[str, str]) -> None:
    assert "first & Co <hello@shop.example>" in run("messages", "show", bea["email"]).stdout
    assert printed("messages", "show", bea["email"])["content"]["sender"] == "first & Co <hello@shop.example>"
    assert printed("messages", "show", bea["sms"])["content"]["sender"] == "Second"
    assert "\nfrom      Second" in run("messages", "show", bea["sms"]).stdout


def test_a_reason_without_words_of_its_own_is_explained(bea: dict[str, str]) -> None:
    assert f"{bea['sms'][:8]}  the person has no trait `phone`" in run("messages").stdout
    assert "the person has no trait `phone`" in run("messages", "show", bea["sms"]).stdout


@pytest.mark.parametrize(
    ("reason", "channel", "detail", "words"),
    [
        (Why.ADDRESS_NOT_VALID, "sms", None, "not international"),
        (Why.CONSENT_NOT_GIVEN, "sms", None, 'consents={"sms":true}'),
        (Why.PROVIDER_UNAVAILABLE, "webhook", None, "ten attempts over five hours"),
        (Why.PROVIDER_REFUSED, "webhook", "status 404", "status 404"),
        (Why.TEMPLATE_FAILED, "sms", None, None),
        (None, "sms", None, None),
    ],
)
def test_what_is_said_of_a_reason(
    reason: Why | None, channel: str, detail: str | None, words: str | None
) -> None:
    said = explained({"reason": reason, "channel": channel, "detail": detail})

    assert said == words if words is None else words in str(said)


def test_a_message_without_html_says_why(bea: dict[str, str]) -> None:
    result = run("messages", "show", bea["sms"], "--html")

    assert isinstance(result.exception, Problem)
    assert (str(result.exception), "traits.none" in result.exception.advice) == ("There is no HTML", True)


def test_a_message_that_cannot_be_rendered_says_why(bea: dict[str, str]) -> None:
    shown = printed("messages", "show", bea["sms"])

    assert (shown["status"], shown["reason"]) == ("skipped", "no_address")
    assert shown["content"]["parts"] is None
    assert "traits.none" in shown["content"]["note"]
    assert shown["content"]["workspace_version"] == 2


def test_what_the_emulator_kept_is_shown_as_sent(
    bea: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "cli.laptop.inspection.emails",
        lambda _: [{"MessageId": "p2", "Subject": "As sent", "BodyText": "", "BodyHtml": "<b>x</b>"}],
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    content = content_of(DynamoMessages("messages").find(bea["email"]), Stack.load())  # type: ignore[arg-type]

    assert content.origin == "as_sent"
    assert content.parts == {"subject": "As sent", "html": "<b>x</b>"}
