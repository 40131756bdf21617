"""What became of a request's events: accepted, as bytes for a record, or rejected for reasons."""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.adapter.rejection import Rejection
from shared.plan.reasons import Code

FROM_THE_WORKSPACE = frozenset(
    {
        Code.UNKNOWN_EVENT, Code.UNKNOWN_PROPERTY, Code.MISSING_PROPERTY, Code.WRONG_TYPE, Code.VALUE_NOT_ALLOWED,
        Code.TOO_LARGE, Code.TOO_OLD, Code.IN_FUTURE,
    }
)  # fmt: skip
"""Reasons that a newer workspace may take back: the plan's, and those of the source's limits."""

Accepted = tuple[str, bytes]
"""The person's strongest identity, and the event's own fields as JSON."""


class Verdicts(NamedTuple):
    """Every item is in exactly one of the lists, in order. `observed` counts, by code, what was accepted
    against the plan, and what was accepted without a part that could not be read."""

    accepted: list[Accepted]
    rejected: list[Rejection]
    observed: dict[str, int]

    @property
    def may_change(self) -> bool:
        """Whether another workspace could judge otherwise."""
        if not self.rejected:
            return False
        return any(reason.code in FROM_THE_WORKSPACE for one in self.rejected for reason in one.reasons)
