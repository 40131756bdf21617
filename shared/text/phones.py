"""Parse phone numbers, as people write them, into E.164, like `+442079460958`.

Only international numbers are accepted, which begin with `+` or `00`. A national number belongs to different people in
different countries. The result is used both as an identity and as the address of an SMS.
"""

from __future__ import annotations

import re

from shared.text.visible_text import without_marks

BETWEEN_DIGITS = r"[\s.()\[\]/\-\u2010-\u2015\u2212]"
"""Spaces, dots, brackets, slashes and dashes, typographic ones too."""

LONGEST_WRITTEN = 64
"""Characters, far more than a number takes."""

SHORTEST, LONGEST = 7, 15
"""Digits with the country's. https://www.itu.int/rec/T-REC-E.164"""

_WRITTEN = rf"(?:tel:)?[(\[]?(?:\+|00)(?:\d|{BETWEEN_DIGITS})+"

_READINGS = 3
"""A number may carry its trunk prefix twice (`+44 (0)020 ...`): it is read until nothing changes."""


def digits(written: str) -> str:
    """The digits in ASCII, without the characters between them."""
    return "".join(str(int(one)) for one in re.sub(r"\D", "", without_marks(written)))


def e164(written: str) -> str | None:
    """The number as `+442079460958`; None for what is none, has letters or an extension, or is a filler (`+1 000 ...`).

    Takes 15 µs, and once 40 ms to load the library: most stacks never meet a phone number where this is asked.
    """
    if len(written) > LONGEST_WRITTEN:
        return None
    seen = without_marks(written)
    if not re.fullmatch(_WRITTEN, seen, re.IGNORECASE):
        return None
    found = digits(seen)
    if "+" not in seen:
        found = found.removeprefix("00")
    for _ in range(_READINGS):
        before, found = found, _read(found)
        if found == before:
            return f"+{found}" if found else None
    return None


def international(written: str) -> str:
    """A number of a format that writes international ones without their `+`: with it. What is more than digits stays
    as it is."""
    seen = without_marks(written)
    return f"+{seen}" if seen.isdecimal() and not seen.startswith("0") else written


def _read(found: str) -> str:
    """The digits without a trunk prefix; `""` when no number of that country has so many."""
    if len(found) < SHORTEST:
        return ""
    from phonenumbers import phonenumberutil as library

    try:
        number = library.parse(f"+{found}")
    except library.NumberParseException:
        return ""
    national = library.national_significant_number(number)
    possible = library.is_possible_number_with_reason(number) is library.ValidationResult.IS_POSSIBLE
    read = f"{number.country_code}{national}"
    return read if possible and len(set(national)) > 1 and SHORTEST <= len(read) <= LONGEST else ""
