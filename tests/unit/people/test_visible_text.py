"""What can be seen of a text: told at a cost that grows with its length alone, as any client may send a long one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import identity
from shared.text.visible_text import LONGEST_READ, trimmed, without_marks

LONG = 300_000
"""Characters: at a cost of their square, minutes and more."""

HOSTILE = {
    "blanks inside": "é" + " " * LONG + "x",
    "blanks inside twice": "x" + "\u00a0" * LONG + "y" + "\u00a0" * LONG + "z",
    "marks of direction": "x" + "\u202e" * LONG + "x",
    "NUL": "é" + "\0" * LONG + "x",
    "tabs and ends of lines": "é" + "\t\n" * (LONG // 2) + "x",
    "accents out of order": "e" + "\u0301\u0323" * (LONG // 2),
    "accents and iota": "e" + "\u0345\u0301\u0323" * (LONG // 3),
    "nothing else": "\u200b" * LONG,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_long_text_costs_no_more_than_its_length(text: str) -> None:
    began = time.process_time()
    trimmed(text)
    without_marks(text)
    for kind in ("user", "email", "phone"):
        identity.named(kind, text)
        identity.is_placeholder(text)
    assert time.process_time() - began < 5


@given(st.text(st.sampled_from(" \t\n\0\u200b\u202e\ufeff\u00a0xyé"), max_size=20))
def test_what_is_trimmed_begins_and_ends_with_what_can_be_seen(text: str) -> None:
    found = trimmed(text)
    assert found in text
    assert found == trimmed(found)
    assert not found or (found[0] in "xyé" and found[-1] in "xyé")
    assert [one for one in text if one in "xyé"] == [one for one in found if one in "xyé"]


@pytest.mark.parametrize(
    ("size", "is_read"), [(LONGEST_READ - 1, True), (LONGEST_READ, True), (LONGEST_READ + 1, False)]
)
def test_styled_letters_are_read_up_to_a_length(size: int, is_read: bool) -> None:
    styled = "\uff4e" * size
    assert without_marks(styled) == ("n" * size if is_read else styled)
