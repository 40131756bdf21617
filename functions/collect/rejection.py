"""A rejected event, as the verdict says it and the answer tells it."""

from __future__ import annotations

from typing import NamedTuple

from functions.collect.canonical import Fields
from shared.reasons import Reason


class Rejection(NamedTuple):
    """`position` counts from 0 in the request. `fields` are what was understood of it; with reasons they may be few."""

    position: int
    fields: Fields
    reasons: list[Reason]
