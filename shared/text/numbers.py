"""Parse numbers in text, in the same way for the tracking plan, the lake, templates, and formats that only have text.

This accepts JSON's numbers, and forms that people and spreadsheets write: a plus sign, `.5`, `5.`, leading zeros.
"""

from __future__ import annotations

import math
import re

WRITTEN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""Also for Rust's regular expressions, which pydantic uses."""

LONGEST = 400
"""Characters. A float has at most 309 digits before its point."""


def number(text: str) -> int | float | None:
    """The number in a text: an int of any size, or a finite float. None for any other text.

    `-0` is 0, as JSON libraries read it.
    """
    if len(text) > LONGEST or not re.fullmatch(WRITTEN, text):
        return None
    if text.lstrip("+-").isdigit():
        return int(text)
    read = float(text)
    return read if math.isfinite(read) else None


def finite(value: object) -> float | None:
    """The float of a number, or of text that is one; None for anything else, and beyond what a float holds."""
    if isinstance(value, str):
        value = number(value.strip())
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        read = float(value)
    except OverflowError:
        return None
    return read if math.isfinite(read) else None
