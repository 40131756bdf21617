"""Times as numbers since 1970, which most formats send instead of ISO 8601."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from shared.text.numbers import number

START = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS = 20
"""More make no number that is a time."""

SMALLEST = 10**9
"""Seconds, in 2001. A smaller number is no time of an event: a counter, a flag, a year."""

LARGEST_OF = ((10**11, 1), (10**14, 1000), (10**17, 10**6), (10**20, 10**9))
"""Numbers below the first of a pair count so many a second: what is today in one unit is far off in every other."""

OF_TODAY = r"([0-9]{10}|[0-9]{13}|[0-9]{16}|[0-9]{19})(\.[0-9]{1,9})?"
"""Text that is such a number since 2001 (eight digits are a day in ISO 8601): compiled when there is the first."""


def either(value: object) -> object:
    """The time of a number, or of its digits, where a format wants ISO 8601: seconds, milliseconds, microseconds or
    nanoseconds since 2001, known by their size. Anything else comes back as it is."""
    count = value
    if isinstance(value, str):
        found = re.fullmatch(OF_TODAY, value)
        if found is None:
            return value
        count = float(value) if found[2] else int(value)
    if count.__class__ not in (int, float):
        return value
    if count >= SMALLEST:
        for most, per_second in LARGEST_OF:
            if count < most:
                return moment(count, per_second)
    return value


def moment(value: object, per_second: int) -> object:
    """The time, for `canonical.event`: of a number or its digits, `per_second` 1 for seconds, 1000 for milliseconds.

    What is no such number, or lies beyond the calendar, comes back as it is: it is refused there.
    """
    if value.__class__ is str and len(str(value)) <= DIGITS:
        read = number(str(value))
        if read is None:
            return value
        value = read
    if value.__class__ is int:
        if abs(value) >= 10**DIGITS:
            return value
    elif value.__class__ is not float or not math.isfinite(value):
        return value
    exact = value * 1_000_000
    try:
        micros = exact // per_second if isinstance(exact, int) else round(exact / per_second)
        return START + timedelta(microseconds=micros)
    except OverflowError:
        return value
