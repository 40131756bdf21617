"""Phone numbers: one reading of everything people write."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import identity
from shared.text import phones

READ = {
    "a plain number": ("+442079460958", "+442079460958"),
    "spaces, brackets, dots and dashes": ("+90 (532) 123-45.67", "+905321234567"),
    "a tab": ("+1\t415 555 0100", "+14155550100"),
    "minus signs of typography": ("+1\u2212415\u2212555\u22120100", "+14155550100"),
    "no-break spaces and en dashes": ("+1\u00a0415\u2013555\u20130100", "+14155550100"),
    "a trunk prefix in brackets": ("+44 (0)20 7946 0958", "+442079460958"),
    "a trunk prefix without brackets": ("+4402079460958", "+442079460958"),
    "a zero that belongs to the number": ("+39 06 1234 5678", "+390612345678"),
    "the country in brackets": ("(+44) 20 7946 0958", "+442079460958"),
    "00 for the plus sign": ("0044 20 7946 0958", "+442079460958"),
    "Arabic digits": ("+\u0661\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0660\u0660", "+14155550100"),
    "full-width characters": ("\uff0b\uff11 415 555 0100", "+14155550100"),
    "marks of writing direction": ("\u202a+1 415 555 0100\u202c", "+14155550100"),
    "marks and NUL between the digits": ("+1\u200e415\u200b555\x000100", "+14155550100"),
    "the URI of a number": ("tel:+1-415-555-0100", "+14155550100"),
}

NOT_READ = {
    "a national number": "0532 123 45 67",
    "digits without a plus": "14155550100",
    "zeros": "(000) 000-0000",
    "zeros after a country": "+1 000 000 0000",
    "one digit again and again": "+1 111 111 1111",
    "a country that there is not": "+999 123 456 789",
    "too few digits": "+1 555 0100",
    "too many digits": "+1 415 555 0100 00",
    "an extension": "+1 415 555 0100 ext. 5",
    "letters": "+1 800 FLOWERS",
    "two numbers": "+14155550100, +14155550101",
    "a plus in the middle": "415+5550100",
    "only a plus": "+",
    "nothing": "",
    "very much": "+1 415 555 0100" + " " * 60 + "1",
}


@pytest.mark.parametrize(("written", "number"), READ.values(), ids=READ)
def test_a_number_is_read_however_it_is_written(written: str, number: str) -> None:
    assert phones.e164(written) == number
    assert identity.named("phone", written) == number


@pytest.mark.parametrize("written", NOT_READ.values(), ids=NOT_READ)
def test_what_is_no_international_number_is_none(written: str) -> None:
    assert phones.e164(written) is None
    assert identity.named("phone", written) is None


@given(
    st.text(st.sampled_from("+0123456789 ()-./\u2212\u00a0\u0660\u0661"))
    | st.from_regex(r"\+[1-9][0-9]{6,16}")
)
def test_a_number_read_is_plain_and_reads_as_itself(written: str) -> None:
    found = phones.e164(written)
    if found is not None:
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", found)
        assert phones.e164(found) == found


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("41793026727", "+41793026727"), ("+41793026727", "+41793026727"), ("0793026727", "0793026727"),
        ("call me", "call me"), ("", ""), ("\u200b41793026727 ", "+41793026727"),
    ],
)  # fmt: skip
def test_formats_without_plus_signs_get_them(written: str, kept: str) -> None:
    assert phones.international(written) == kept
