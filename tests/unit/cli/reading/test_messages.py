"""messages on moto: listed, and one found."""

from __future__ import annotations

import pytest

from cli.problem import Problem
from tests.unit.cli.reading.stack import printed, run


def test_messages_are_listed_newest_first_with_their_reasons(sms: None) -> None:
    listed = printed("messages", "--user", "u1")

    assert [(one["status"], one["reason"], one["to"]) for one in listed] == [
        ("skipped", "consent_withdrawn", None),
        ("sent", None, "+12025550100"),
    ]
    assert printed("messages") == listed
    assert printed("messages", "--limit", "1") == listed[:1]
    assert [one["detail"] for one in listed] == ["words behind it", None]
    assert "consent_withdrawn" in run("messages").stdout
    assert "words behind it" in run("messages").stdout
    assert "words behind it" in run("messages", "show", "m2").stdout


def test_no_messages_yet_may_mean_that_they_are_on_their_way(stack: None) -> None:
    said = run("messages", "--since", "0h").stdout

    assert said.startswith("No messages. A message appears a moment after its event")
    assert "headrace rejected list" in said


def test_messages_of_nobody_say_that_nobody_is_known(stack: None) -> None:
    said = run("messages", "--user", "nobody").stdout

    assert said.startswith("No messages: nobody is known as “nobody”. A person appears a moment after")


def test_a_message_is_found_by_how_its_id_begins(bea: dict[str, str]) -> None:
    assert printed("messages", "show", "email-01")["id"] == bea["email"]
    assert bea["email"][:8] in run("messages").stdout


def test_an_id_that_is_nobodys_or_of_several_is_a_problem(bea: dict[str, str], sms: None) -> None:
    for typed_id, words in (("nope", "no message nope"), ("m", "2 messages")):
        result = run("messages", "show", typed_id)
        assert isinstance(result.exception, Problem)
        assert words in str(result.exception)
    assert "  m1  " in run("messages", "show", "m").exception.advice  # type: ignore[union-attr]


def test_a_message_whose_event_is_gone_says_so(ann: None, bea: dict[str, str], sms: None) -> None:
    note = printed("messages", "show", "m1")["content"]["note"]

    assert "no campaign big-order" in note


@pytest.mark.parametrize(
    "arguments",
    [
        ("messages", "--since", "2099-01-01"),
        ("messages", "--user", "nobody"),
        ("timeline", "nobody"),
        ("rejected", "list", "--since", "2099-01-01"),
    ],
)
def test_an_empty_list_is_empty_json(arguments: tuple[str, ...]) -> None:
    assert printed(*arguments) == []
    assert run(*arguments).exit_code == 0
