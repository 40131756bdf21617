"""What people type as properties."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.assignments import assigned
from cli.problem import Problem


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1500", 1500),
        ("12.5", 12.5),
        ("true", True),
        ("null", None),
        ('["a","b"]', ["a", "b"]),
        ("USD", "USD"),
        ("+15550100", "+15550100"),
        ("007", "007"),
        ('"1500"', "1500"),
        ("", ""),
        ("a=b", "a=b"),
        ("NaN", "NaN"),
    ],
)
def test_json_is_taken_as_json_and_anything_else_as_text(typed: str, value: object) -> None:
    assert assigned([f"name={typed}"]) == {"name": value}


def test_several_are_put_together_the_last_one_wins() -> None:
    assert assigned(["a=1", '{"b": {"c": 2}}', "a=3"]) == {"a": 3, "b": {"c": 2}}


@pytest.mark.parametrize("typed", ["amount", "=5", '{"a": 1', "{]}"])
def test_what_is_no_assignment_is_refused(typed: str) -> None:
    with pytest.raises(Problem):
        assigned([typed])


@given(st.text())
def test_any_text_is_an_assignment_or_a_problem(typed: str) -> None:
    with suppress(Problem):
        assert isinstance(assigned([typed]), dict)
