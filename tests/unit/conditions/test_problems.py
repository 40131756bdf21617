"""What is wrong with a condition is said once, where the author wrote it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.conditions.matcher import Problem, problems
from shared.messaging.channels import CHANNELS, listed

NO_SUBJECT = (
    "a condition has one of `property`, `trait`, `context`, `consent`, `counter`, `first`, `last`, "
    "or `all`, `any`, `not`"
)
CHANNELS_LISTED = listed([f"'{channel}'" for channel in CHANNELS])
SCALAR = "should be true or false, or a number, or a text, not"

CASES: list[tuple[Any, tuple[str | int, ...], str]] = [
    (5, (), NO_SUBJECT),
    ({}, (), NO_SUBJECT),
    ({"properties": "a", "is": 1}, (), NO_SUBJECT + "; did you mean `property`?"),
    ({"all": [{"property": "a", "is": 1}, 3]}, ("all", 1), NO_SUBJECT),
    ({"all": [3]}, ("all", 0), NO_SUBJECT),
    ({"all": []}, ("all",), "`all` needs at least one condition"),
    ({"all": {"property": "a"}}, ("all",), "`all` should be a list, not a mapping"),
    (
        {"property": "a", "atleast": 3, "is": 3},
        ("atleast",),
        "`atleast` is not an operator here; did you mean `at_least`?",
    ),
    (
        {"property": "a", "trait": "b", "is": 1},
        ("trait",),
        "`trait` cannot be combined with `property`: write two conditions, both below `all`",
    ),
    (
        {"counter": "a", "contains": "b", "is": 1},
        ("contains",),
        "`contains` is not an operator here; there are `is`, `is_not`, `in`, `not_in`, `more_than`, `at_least`, "
        "`less_than`, `at_most`",
    ),
    ({"property": "a", "equals": 1}, ("equals",), "`equals` is not an operator here; write `is`"),
    ({"property": "a", "==": 1}, ("==",), "`==` is not an operator here; write `is`"),
    (
        {"property": "a", "Not_Equals": 1},
        ("Not_Equals",),
        "`Not_Equals` is not an operator here; write `is_not`",
    ),
    (
        {"property": "a", "greater_than": 1},
        ("greater_than",),
        "`greater_than` is not an operator here; write `more_than`",
    ),
    ({"property": "a", ">=": 1}, (">=",), "`>=` is not an operator here; write `at_least`"),
    (
        {"property": "a", "at_lest": 1},
        ("at_lest",),
        "`at_lest` is not an operator here; did you mean `at_least`?",
    ),
    ({"and": [{"property": "a", "is": 1}]}, (), f"{NO_SUBJECT}; write `all`"),
    ({"query": "x"}, (), f'{NO_SUBJECT}; for the event\'s `query` write `{{property: query, is: "x"}}`'),
    ({"propertie": "a", "is": 1}, (), f"{NO_SUBJECT}; did you mean `property`?"),
    (
        {"any": [{"not": {"property": "a", "is": [1]}}]},
        ("any", 0, "not", "is"),
        f"`is` {SCALAR} a list; write `in`",
    ),
    ({"property": "a", "is_not": ["b"]}, ("is_not",), f"`is_not` {SCALAR} a list; write `not_in`"),
    ({"property": "a", "in": "b"}, ("in",), '`in` should be a list, not "b"; write `["b"]`'),
    ({"property": "a", "in": ["a", None]}, ("in", 1), f"`in` {SCALAR} null"),
    (
        {"property": "a", "more_than": "3"},
        ("more_than",),
        '`more_than` should be a number, not "3"; write 3 without quotes',
    ),
    ({"property": "a", "more_than": True}, ("more_than",), "`more_than` should be a number, not true"),
    ({"property": "a", "starts_with": 1}, ("starts_with",), "`starts_with` should be a text, not 1"),
    ({"property": "a", "is": None}, (), "`is` needs a value; for a missing one write `exists: false`"),
    (
        {"not": {"property": "a"}},
        ("not",),
        "an operator is missing, such as `is: USD`, `at_least: 3` or `exists: true`",
    ),
    (
        {"any": [{"property": "a", "before": "yesterday"}]},
        ("any", 0, "before"),
        '`before`: "yesterday" is not a date or a time: write it as 2026-11-21 or 2026-11-21T18:10:00Z',
    ),
    (
        {"consent": "fax", "is": True},
        ("consent",),
        f'`consent`: "fax" should be {CHANNELS_LISTED}',
    ),
    ({"consent": "sms", "is": "yes"}, ("is",), '`is` should be true or false, not "yes"; write true'),
    ({"property": "a", "in": []}, ("in",), "`in` needs at least one value"),
    ({"property": "a", "like": ""}, ("like",), "`like` should not be empty"),
    (
        {"property": "a", "within_days": -1},
        ("within_days",),
        "`within_days`: -1 should be greater than or equal to 0",
    ),
    (
        {"property": "a", "is": "x" * 80, "at_most": "y" * 80},
        ("at_most",),
        f'`at_most` should be a number, not "{"y" * 58}…',
    ),
]


@pytest.mark.parametrize(("where", "path", "message"), CASES, ids=lambda case: str(case)[:60])
def test_a_mistake_is_one_problem_at_its_place(where: Any, path: tuple[str | int, ...], message: str) -> None:
    assert problems(where) == [Problem(path, message)]


def test_several_mistakes_are_several_problems() -> None:
    where = {"all": [{"property": "a", "less_than": "x"}, {"any": [{"trait": "b", "nope": 1, "is": 2}]}]}
    assert [problem.path for problem in problems(where)] == [
        ("all", 0, "less_than"),
        ("all", 1, "any", 0, "nope"),
    ]


def test_a_right_document_has_none() -> None:
    assert (
        problems({"all": [{"property": "amount", "at_least": 1000}, {"property": "currency", "is": "USD"}]})
        == []
    )
