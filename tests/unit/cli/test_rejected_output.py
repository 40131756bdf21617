"""What a replay says of events that stay rejected: what can be done about them, and what cannot."""

from __future__ import annotations

from typing import Any

import pytest

from cli.console import console
from cli.rejected.output import report
from cli.rejected.replaying import BROUGHT_IN, STILL_INVALID

ADVICE = "A replay changes no names."


def outcome(id_: str, *codes: str, kind: str = STILL_INVALID) -> dict[str, Any]:
    reasons = [{"code": code, "field": "event", "message": "no"} for code in codes]
    return {"id": id_, "outcome": kind, "reasons": reasons}


def said(*outcomes: dict[str, Any]) -> str:
    with console.capture() as captured:
        report(list(outcomes))
    return captured.get()


@pytest.mark.parametrize("code", ["unknown_event", "unknown_property"])
def test_an_event_whose_name_is_not_in_the_plan_says_that_names_are_kept(code: str) -> None:
    text = said(outcome("a-1", "wrong_type", code), outcome("a-2", "wrong_type"))

    assert text.count(ADVICE) == 1
    assert "define its name in plan/ as it was sent" in text
    assert text.endswith("headrace rejected drop a-1\n")


def test_of_several_it_is_said_once() -> None:
    text = said(outcome("a-1", "unknown_event"), outcome("a-2", "unknown_event"))

    assert text.count(ADVICE) == 1
    assert text.endswith("headrace rejected drop ID …\n")


@pytest.mark.parametrize("other", [outcome("a", "wrong_type"), outcome("a", kind=BROUGHT_IN)])
def test_of_others_nothing_is_said_of_names(other: dict[str, Any]) -> None:
    assert ADVICE not in said(other)
