"""The attributes whose values CleverTap checks: it skips the whole record when one is wrong, and says so by a code.

https://developer.clevertap.com/docs/api-errors
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from shared.text.phones import BETWEEN_DIGITS
from shared.text.visible_text import without_marks

GENDER = re.compile(r"m|male|f|female|o|others?|u|unknown", re.IGNORECASE)
EDUCATION = re.compile(r"school|college|graduate", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
PHONE = re.compile(r"\+?\d{5,15}")


class Rule(NamedTuple):
    """`code` is the vendor's. `checked` gives the value to keep, None for a wrong one."""

    code: int
    sentence: str
    checked: Callable[[Any], Any]


def checked(name: str, value: Any) -> Any:
    return RULES[name].checked(value)


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, str) and pattern.fullmatch(value.strip()) else None


def _yes_or_no(value: Any) -> Any:
    return value if isinstance(value, bool) or value in ("Y", "N", "y", "n") else None


def _phone(value: Any) -> Any:
    """A page sends the digits after the plus sign as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"+{value}"
    if not isinstance(value, str) or not PHONE.fullmatch(re.sub(BETWEEN_DIGITS, "", without_marks(value))):
        return None
    return value


def _age(value: Any) -> Any:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


RULES = {
    "Gender": Rule(514, "must be M, F, O or U", _matching(GENDER)),
    "Email": Rule(515, "must be an e-mail address", _matching(EMAIL)),
    "Phone": Rule(516, "must be a phone number with its country code", _phone),
    "Employed": Rule(517, "must be Y or N", _yes_or_no),
    "Education": Rule(518, "must be School, College or Graduate", _matching(EDUCATION)),
    "Married": Rule(519, "must be Y or N", _yes_or_no),
    "Age": Rule(520, "must be a number", _age),
}
