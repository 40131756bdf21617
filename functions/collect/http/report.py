"""What the log and the metrics say of one request: counts and names, nothing of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

NONE: Mapping[str, int] = {}


class Report(NamedTuple):
    """`rejected` counts events by the code of their first reason; `observed` those that were accepted against the plan,
    likewise, and those of which something was observed (`shared.plan.reasons.Observation`). `request` is the id that
    the rejected are kept under. `steps` are the functions that answered; `times`, one more, say when the first began
    and each was done (`time.perf_counter`)."""

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
    steps: Sequence[Callable[..., Any]] = ()
    times: Sequence[float] = ()


def milliseconds(steps: Sequence[Callable[..., Any]], times: Sequence[float]) -> dict[str, float]:
    """What each step took, by its name, as far as they are done: see `Report`."""
    return {
        step.__name__: round((at - before) * 1000, 3)
        for step, (before, at) in zip(steps, pairwise(times), strict=False)
    }
