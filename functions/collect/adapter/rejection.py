"""A rejected event, as the verdict says it and the answer tells it."""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.adapter.event_builder import Fields
from shared.plan.reasons import Reason
from shared.text.surrogates import questioned


class Rejection(NamedTuple):
    """`position` counts from 0 in the request. `fields` are what was understood of it; with reasons they may be few."""

    position: int
    fields: Fields
    reasons: list[Reason]


LONGEST_TEXT = 300
"""Characters; every id and name that is not malformed is shorter."""


def by_code(rejected: list[Rejection]) -> dict[str, int]:
    """Events by their first reason, so that the counts add up to the events."""
    counts: dict[str, int] = {}
    for one in rejected:
        code = one.reasons[0].code.value
        counts[code] = counts.get(code, 0) + 1
    return counts


def told_as(rejected: list[Rejection]) -> str:
    """Their code in one word, when none was accepted."""
    codes = {one.reasons[0].code.value for one in rejected}
    return codes.pop() if len(codes) == 1 else "rejected"


def readable(value: object) -> str | None:
    """What may stand in an answer and in the list of rejected events: text of a bounded length, or nothing."""
    return questioned(value[:LONGEST_TEXT]) if isinstance(value, str) else None
