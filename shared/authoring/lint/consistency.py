"""Which of some names differ from the form that most of them have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

Forms = Callable[[str], frozenset[str]]


class Odd(NamedTuple):
    """`name` has none of the usual form; `usual` is a name that has it."""

    name: str
    forms: frozenset[str]
    usual: str
    usual_form: str


def odd_ones(
    own: Sequence[str], others: Iterable[str], forms: Forms, unusual: frozenset[str] = frozenset()
) -> list[Odd]:
    """Of the own names. Others, such as a catalogue's, have a say only when they all agree among themselves.

    On a tie the form that was written first is the usual one. An `unusual` form never is.
    """
    agreed = [name for name in others if forms(name)]
    common = frozenset.intersection(*map(forms, agreed)) if agreed else frozenset()
    voters = [*own, *(agreed if common else [])]
    votes = Counter(form for name in voters for form in sorted(forms(name)) if form not in unusual)
    if not votes:
        return []
    first = {form: index for index, name in reversed(list(enumerate(voters))) for form in forms(name)}
    usual = min(votes, key=lambda form: (-votes[form], first[form], form))
    # The clearest example: one that could not be read as any other form.
    clear = min((len(forms(name)), index) for index, name in enumerate(voters) if usual in forms(name))
    example = voters[clear[1]]
    return [
        Odd(name, forms(name), example, usual) for name in own if forms(name) and usual not in forms(name)
    ]
