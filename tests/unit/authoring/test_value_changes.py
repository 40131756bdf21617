"""Whatever changed, both sides of the arrow say what: however long a value is, and wherever in it the change is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.authoring.value_changes import LONGEST, MOST_COMPARED, MOST_LINES, said_of

LETTER = "Dear {{ traits.first_name | default: 'friend' }}, the kettle that you ordered on Monday is on its way to you."


def said(old: object, new: object) -> list[str]:
    return list(said_of("parts.text", old, new))


def test_a_word_far_inside_of_a_long_line_is_shown_with_what_is_beside_it() -> None:
    assert said(LETTER, LETTER.replace("Monday", "Friday")) == [
        "parts.text: …that you ordered on Monday is on its way to… → …that you ordered on Friday is on its way to…"
    ]


def test_of_a_text_of_several_lines_the_changed_ones_are_shown() -> None:
    old = "Hello\n\nthe kettle is here.\nBye\n"
    new = "Hello\n\nthe teapot is here.\nBye\nAnn\n"

    assert said(old, new) == [
        "parts.text, line 3: the kettle is here. → the teapot is here.",
        "parts.text, line 5 is new: Ann",
    ]
    assert said(new, old) == [
        "parts.text, line 3: the teapot is here. → the kettle is here.",
        "parts.text, line 5 is gone: Ann",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b", "a  b", "parts.text: 'a b' → 'a  b'"),
        ("a", "a ", "parts.text: 'a' → 'a '"),
        ("a b", "a\u00a0b", "parts.text: 'a b' → 'a\\xa0b'"),
        ("a", "a\u200b", "parts.text: a → 'a\\u200b'"),
        ("\u00e9", "e\u0301", "parts.text: '\\xe9' → 'e\\u0301'"),
        ("a", "", "parts.text: a → ''"),
        ("Hello", "Hello\n", "parts.text, line 2 is new: ''"),
        ([1, 2], [1, 3], "parts.text: [1,2] → [1,3]"),
        (False, True, "parts.text: false → true"),
        (None, LETTER, f"parts.text: {LETTER[:LONGEST]}…"),
        ("a", None, "parts.text: no longer a"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "parts.text.a.b: 1 → 2"),
        ({"all": [{"is": 1}, {"at": 2}]}, {"all": [{"is": 1}, {"at": 3}]}, "parts.text.all[1].at: 2 → 3"),
    ],
)
def test_each_kind_of_change_is_one_line(old: object, new: object, expected: str) -> None:
    assert said(old, new) == [expected]


@pytest.mark.parametrize("lines", [MOST_LINES, MOST_LINES + 1, MOST_COMPARED + 1])
def test_of_many_changed_lines_some_are_shown_and_the_others_counted(lines: int) -> None:
    shown = said("a\n" * lines, "b\n" * lines)

    assert shown[0] == "parts.text, line 1: a → b"
    more = lines - MOST_LINES
    counted = [f"parts.text: {more} more {'line' if more == 1 else 'lines'}"] if more else []
    assert shown[MOST_LINES:] == counted


TEXTS = st.text(st.sampled_from("ab \t\n\u200b\u00a0é\u0301e"), max_size=12)


@given(TEXTS, TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_both_sides_of_an_arrow_are_never_alike(old: str, new: str, before: int, behind: int) -> None:
    whole_old, whole_new = "x" * before + old + "y" * behind, "x" * before + new + "y" * behind

    shown = said(whole_old, whole_new)
    assert bool(shown) == (whole_old != whole_new)
    for line in shown:
        left, arrow, right = line.partition(" → ")
        assert not arrow or left.partition(": ")[2] != right, line
