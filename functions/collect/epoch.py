"""Times as numbers since 1970, which most formats send instead of ISO 8601."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

START = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS = 20
"""More make no number that is a time."""


def moment(value: object, per_second: int) -> object:
    """The time, for `canonical.event`: of a number or its digits, `per_second` 1 for seconds, 1000 for milliseconds.

    What is no such number, or lies beyond the calendar, comes back as it is: it is refused there.
    """
    if value.__class__ is str and len(str(value)) <= DIGITS:
        try:
            value = float(str(value)) if "." in str(value) else int(str(value))
        except ValueError:
            return value
    if value.__class__ is int:
        if abs(value) >= 10**DIGITS:
            return value
    elif value.__class__ is not float or not math.isfinite(value):
        return value
    try:
        return START + timedelta(microseconds=round(value * 1_000_000 / per_second))
    except OverflowError:
        return value
