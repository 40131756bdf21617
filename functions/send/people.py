"""The person a message is for, as they are stored now: a request names them as they were known when it was made."""

from __future__ import annotations

from shared.fold.profile import Pointer, Profile
from shared.ports import Profiles

LONGEST_CHAIN = 32
"""Pointers followed before a chain is taken for a circle."""


class CircularPointers(Exception):
    """Pointers lead nowhere: the table was changed by hand."""


def find(profiles: Profiles, key: str) -> Profile | None:
    """The profile the key leads to, or None. Raises Unavailable, or CircularPointers."""
    for _ in range(LONGEST_CHAIN):
        found = profiles.load([key]).get(key)
        if not isinstance(found, Pointer):
            return found
        key = found.target
    raise CircularPointers("more than 32 pointers follow each other")
