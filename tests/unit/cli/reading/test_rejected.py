"""rejected list and show on moto."""

from __future__ import annotations

import pytest

from cli.problem import Problem
from tests.unit.cli.reading.stack import REQUEST, printed, run


def test_rejected_events_are_listed_one_by_one(refused: None) -> None:
    listed = printed("rejected", "list")

    assert [event["id"] for event in listed] == [f"{REQUEST}-3", f"{REQUEST}-5", f"{REQUEST}-7"]
    assert [event["other_ids"] for event in listed] == [{}, {"email": "ana@shop.example"}, {}]
    assert listed[0]["reasons"] == [
        {"code": "wrong_type", "field": "properties.amount", "message": "amount must be a number [sic]"}
    ]
    text = run("rejected", "list").stdout
    assert "Complete Purchase" in text
    assert "email:ana@shop.example" in text
    assert "wrong_type  amount must be a number [sic]" in text


def test_a_rejected_event_is_shown_with_its_body(refused: None) -> None:
    assert printed("rejected", "show", f"{REQUEST}-3")["body"] == {"a": 1}
    assert printed("rejected", "show", f"{REQUEST}-7")["body"] == "\N{REPLACEMENT CHARACTER}{not json"
    assert "wrong_type" in run("rejected", "show", f"{REQUEST}-3").stdout


@pytest.mark.parametrize("typed_id", ["e3", "{request}-3"])
def test_a_rejected_event_is_found_by_the_message_id_that_its_sender_was_answered(
    refused: None, typed_id: str
) -> None:
    typed_id = typed_id.format(request=REQUEST)
    assert printed("rejected", "show", typed_id)["id"] == f"{REQUEST}-3"
    assert f"{REQUEST}-3, message id e3" in run("rejected", "show", typed_id).stdout


@pytest.mark.parametrize("cut", [13, 30, 36])
def test_what_several_rejected_events_begin_with_names_them_all(refused: None, cut: int) -> None:
    result = run("rejected", "show", REQUEST[:cut])

    assert isinstance(result.exception, Problem)
    assert str(result.exception) == f"3 rejected events have an id that begins with {REQUEST[:cut]}"
    for index in (3, 5, 7):
        assert f"{REQUEST}-{index}  " in result.exception.advice
    assert "(message id e3)" in result.exception.advice


@pytest.mark.parametrize("unknown", ["{request}-4", "nonsense", "", "a-b"])
def test_showing_what_is_not_there_is_a_problem(refused: None, unknown: str) -> None:
    result = run("rejected", "show", unknown.format(request=REQUEST))

    assert result.exit_code != 0
    assert "no rejected event" in str(result.exception)
