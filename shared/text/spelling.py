"""Suggest the known name that an unknown name may have been meant to be: "did you mean …?"."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_COMPARED = 200
"""Of the known names that are about as long."""

LENGTHS_APART = 4

SHORT = 5
"""Characters: in a name as short as this, one wrong letter is a greater part of it."""

ALIKE, SHORT_ALIKE = 0.75, 0.6
"""How much of two names has to be the same, as difflib counts it."""


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that matches best: the same letters in another case or with other separators, or the same words in
    another order, or a similar spelling. Names with the same beginning are compared first."""
    about_as_long = [one for one in known if abs(len(one) - len(name)) <= LENGTHS_APART]
    begin_alike = [one for one in about_as_long if one[:1].lower() == name[:1].lower()]
    of_name = letters(name)
    for one in begin_alike[:MOST_COMPARED]:
        if letters(one) == of_name:
            return one
    for one in begin_alike[:MOST_COMPARED]:
        if sorted(letters(one)) == sorted(of_name):
            return one
    others = (one for one in about_as_long if one[:1].lower() != name[:1].lower())
    by_lower = {one.lower(): one for one in [*begin_alike, *others][:MOST_COMPARED]}
    cutoff = SHORT_ALIKE if len(name) <= SHORT else ALIKE
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[close[0]] if close else None


def letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
