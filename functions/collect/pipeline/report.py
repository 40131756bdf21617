"""What the log and the metrics say of one request: counts and names, nothing of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NONE: Mapping[str, int] = {}


class Report(NamedTuple):
    """`rejected` counts events by the code of their first reason; `observed` those that were accepted against the plan,
    likewise, and those of which something was observed (`shared.plan.reasons.Observation`).
    `request` is the id that the rejected are kept under."""

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
