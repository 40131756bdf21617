"""What the log and the metrics say of one request: counts and names, nothing of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

NONE: Mapping[str, int] = {}

Done = tuple[str, float]
"""A step's name, and the time at which it was done (`time.perf_counter`)."""


class Report(NamedTuple):
    """`rejected` counts events by the code of their first reason; `observed` those that were accepted against the plan,
    likewise, and those of which something was observed (`shared.plan.reasons.Observation`).
    `request` is the id that the rejected are kept under, `done` says when each step was."""

    protocol: str
    call: str
    source: str | None = None
    workspace: int | None = None
    bytes: int = 0
    received: int = 0
    accepted: int = 0
    records: int = 0
    rejected: Mapping[str, int] = NONE
    observed: Mapping[str, int] = NONE
    request: str | None = None
    done: Sequence[Done] = ()


def milliseconds(done: Sequence[Done]) -> dict[str, float]:
    """What each step took, by its name; the first of `done` is when the first step began."""
    return {name: round((at - before) * 1000, 3) for (_, before), (name, at) in pairwise(done)}
