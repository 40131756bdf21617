"""Comparisons that never hold together are found; those that may are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from shared.authoring.checks.contradictions import contradictions
from shared.conditions.matcher import problems
from shared.workspace.model import PropertyDefinition

PLAN = {
    "amount": PropertyDefinition(type="number"),
    "stars": PropertyDefinition(type="integer", minimum=1, maximum=5),
    "currency": PropertyDefinition(type="string", allowed=("EUR", "USD")),
    "live": PropertyDefinition(type="boolean"),
    "tags": PropertyDefinition(type="list"),
}


def prop(name: str, **operators: Any) -> dict[str, Any]:
    return {"property": name, **{key.rstrip("_"): value for key, value in operators.items()}}


NEVER: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [
    (prop("amount", at_least=100, less_than=5), ("less_than",)),
    (prop("amount", more_than=5, less_than=5), ("less_than",)),
    (prop("amount", more_than=5, at_most=5), ("at_most",)),
    (prop("stars", more_than=2, less_than=3), ("less_than",)),
    (prop("stars", at_least=6), ("at_least",)),
    (prop("stars", more_than=5), ("more_than",)),
    (prop("stars", less_than=1), ("less_than",)),
    (prop("stars", is_=9), ("is",)),
    (prop("amount", is_=5, more_than=5), ("more_than",)),
    (prop("amount", in_=[1, 2], at_least=3), ("at_least",)),
    (prop("amount", in_=[1, 2], not_in=[2, 1]), ("not_in",)),
    (prop("amount", is_=1, is_not=1), ("is_not",)),
    (prop("amount", is_=1, exists=False), ("exists",)),
    (prop("currency", not_in=["EUR", "USD"], exists=True), ("exists",)),
    (prop("currency", starts_with="X", is_not="EUR"), ("is_not",)),
    (prop("live", is_=True, is_not=True), ("is_not",)),
    (prop("text", starts_with="ab", ends_with="c") | {"is": "abd"}, ("is",)),
    ({"trait": "since", "after": "2026-02-01", "before": "2026-01-01"}, ("before",)),
    ({"trait": "since", "within_days": 5, "older_than_days": 10}, ("older_than_days",)),
    ({"counter": "page", "less_than": 0}, ("less_than",)),
    ({"all": [prop("amount", at_least=100), prop("amount", less_than=5)]}, ("all", 1, "less_than")),
    (
        {"all": [prop("amount", at_least=9), {"all": [prop("amount", less_than=9)]}]},
        ("all", 1, "all", 0, "less_than"),
    ),
    (
        {"all": [prop("amount", at_least=9), {"any": [prop("amount", is_=1), prop("amount", is_=10)]}]},
        ("all", 1, "any", 0, "is"),
    ),
    ({"not": {"all": [prop("currency", is_="EUR"), prop("currency", is_="USD")]}}, ("not", "all", 1, "is")),
    ({"all": [prop("text", starts_with="a"), prop("text", starts_with="b")]}, ("all", 1, "starts_with")),
]


@pytest.mark.parametrize(("where", "path"), NEVER, ids=lambda case: str(case)[:70])
def test_what_never_holds_is_found_once_at_its_place(where: Any, path: tuple[str | int, ...]) -> None:
    assert problems(where) == []
    assert [found.path for found in contradictions(where, PLAN)] == [path]


MAY: list[dict[str, Any]] = [
    prop("amount", at_least=5, at_most=5),
    prop("amount", more_than=2, less_than=3),
    prop("stars", at_least=5),
    prop("stars", at_most=1),
    prop("stars", more_than=2, less_than=4),
    prop("currency", is_not="EUR"),
    prop("currency", not_in=["EUR", "USD"]),
    prop("currency", is_not="EUR", exists=False),
    prop("live", is_not=True) | {"not_in": [False]},
    prop("currency", is_="eur", is_not="EUR", ignore_case=True) | {"is_not": "GBP"},
    prop("tags", contains="a") | {"is_not": "b"},
    prop("text", starts_with="a") | {"ends_with": "b"},
    {"any": [prop("amount", at_least=100), prop("amount", less_than=5)]},
    {"all": [prop("amount", at_least=100), {"not": prop("amount", at_least=200)}]},
    {"all": [prop("amount", at_least=100), {"trait": "amount", "less_than": 5}]},
    {"trait": "since", "after": "2026-01-01", "before": "2026-02-01"},
    {"trait": "since", "within_days": 10, "older_than_days": 5},
    {"counter": "page", "at_most": 0},
]


@pytest.mark.parametrize("where", MAY, ids=lambda case: str(case)[:70])
def test_what_may_hold_is_left_alone(where: Any) -> None:
    assert problems(where) == []
    assert list(contradictions(where, PLAN)) == []


def test_what_never_holds_further_out_is_not_told_again_for_each_branch_below() -> None:
    where = {
        "all": [
            prop("amount", at_least=9, less_than=5),
            {"any": [prop("amount", is_not=1), prop("amount", is_not=2)]},
        ]
    }

    assert len(list(contradictions(where, PLAN))) == 1


def test_the_sentence_names_both_comparisons_with_their_values() -> None:
    [found] = contradictions(prop("amount", at_least=100, less_than=5), PLAN)

    assert found.sentence == "is never `at_least: 100` and `less_than: 5` at once"
