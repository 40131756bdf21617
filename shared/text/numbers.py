"""Numbers written as text: one reading, for the tracking plan, the lake, templates, and formats that are all text.

All that JSON can write, and what people and spreadsheets write besides: a plus sign, `.5`, `5.`, zeros in front.
"""

from __future__ import annotations

import math
import re

WRITTEN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""Also for Rust's regular expressions, which pydantic uses."""

LONGEST = 400
"""Characters. A float has at most 309 digits before its point."""


def number(text: str) -> int | float | None:
    """The number that the text is: an int of any size, or a finite float; None for other text.

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
