"""How an event's name is built: "Play Song", "Song Played" or "Played Song".

A name may leave it open: "Registered" is either of the past forms, "Search" or "Registration" none at all.
"""

from __future__ import annotations

from shared.authoring.lint.verbs import base, is_base, is_past
from shared.authoring.lint.words import PARTICLES, words

VERB_FIRST = "a verb first"
PAST_LAST = "a past verb last"
PAST_FIRST = "a past verb first"


def forms(name: str) -> frozenset[str]:
    """The forms the name may have; empty when there is no way to know."""
    lower = [word.lower() for word in words(name)]
    if not lower:
        return frozenset()
    if is_past(lower[0]) and not is_base(lower[0]):
        alone = all(word in PARTICLES for word in lower[1:])
        return frozenset({PAST_FIRST, PAST_LAST} if alone else {PAST_FIRST})
    for index in range(1, len(lower)):
        ends = index + 1 == len(lower) or lower[index + 1] in PARTICLES
        if is_past(lower[index]) and ends and lower[index - 1] not in PARTICLES:
            return frozenset({PAST_LAST})
    return frozenset({VERB_FIRST}) if is_base(lower[0]) and len(lower) > 1 else frozenset()


def stems(name: str) -> frozenset[str]:
    """What "Play Song" and "Song Played" share."""
    return frozenset(base(word.lower()) for word in words(name))
