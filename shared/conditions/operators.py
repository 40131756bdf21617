"""The operators of conditions: how each compares a value, and how it is described.

A test gets a value (never None) and `now`, and never raises. Types do not mix: a numeric text or a boolean is not a
number. A comparison of different types does not hold.
"""

from __future__ import annotations

import fnmatch
import operator
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

Test = Callable[[Any, datetime], bool]

LONGEST_TEXT = 10_000
"""Characters of a value for `like`. Longer values do not match."""


def instant(value: object) -> datetime | None:
    """The time in an ISO 8601 text, a date (its midnight) or a datetime; UTC where no zone is said. None: no
    time."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


SCALAR, NUMBER, TEXT, LIST = (bool, int, float, str, date), (int, float), (str,), (list, tuple)
TIME, TRUE_OR_FALSE = (str, date), (bool,)


class Operator(NamedTuple):
    """An operator. `operands` are the types that it compares with, so that no test ever raises;
    `test(operand, ignore_case)` returns the test; `missing` is the result for a missing value."""

    words: str
    operands: tuple[type, ...]
    test: Callable[[Any, bool], Test]
    missing: bool = False


def _key(value: object, ignore_case: bool) -> tuple[str, object] | None:
    """A key that is the same for equal values: their type and the value. None if the value is not a scalar."""
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, int | float):
        return "number", value
    if isinstance(value, str):
        return "text", value.casefold() if ignore_case else value
    return None


def _is(operand: object, ignore_case: bool) -> Test:
    wanted = _key(operand, ignore_case)
    return lambda value, _: _key(value, ignore_case) == wanted


def _in(operand: tuple[object, ...], ignore_case: bool) -> Test:
    wanted = frozenset(_key(one, ignore_case) for one in operand)
    return lambda value, _: _key(value, ignore_case) in wanted


def _opposite(of: Callable[[Any, bool], Test]) -> Callable[[Any, bool], Test]:
    def test(operand: object, ignore_case: bool) -> Test:
        holds = of(operand, ignore_case)
        return lambda value, now: not holds(value, now)

    return test


def _number(compare: Callable[[Any, Any], bool]) -> Callable[[Any, bool], Test]:
    def test(operand: float, _: bool) -> Test:
        return lambda value, _: (
            isinstance(value, int | float) and not isinstance(value, bool) and compare(value, operand)
        )

    return test


def _text(compare: Callable[[str, str], bool]) -> Callable[[Any, bool], Test]:
    def test(operand: str, ignore_case: bool) -> Test:
        if ignore_case:
            folded = operand.casefold()
            return lambda value, _: isinstance(value, str) and compare(value.casefold(), folded)
        return lambda value, _: isinstance(value, str) and compare(value, operand)

    return test


def _contains(operand: object, ignore_case: bool) -> Test:
    """A text within a text, or a scalar among the items of a list."""
    wanted = _key(operand, ignore_case)
    within = _text(operator.contains)(operand, ignore_case) if isinstance(operand, str) else None

    def test(value: object, now: datetime) -> bool:
        if isinstance(value, list | tuple):
            return any(_key(item, ignore_case) == wanted for item in value)
        return within is not None and within(value, now)

    return test


def _like(operand: str, ignore_case: bool) -> Test:
    """`*` matches any text, `?` any character. fnmatch writes atomic groups, so no pattern makes it slow."""
    folded = operand.casefold() if ignore_case else operand
    matches = re.compile(fnmatch.translate(folded.replace("[", "[[]"))).match

    def test(value: object, _: datetime) -> bool:
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            return False
        return matches(value.casefold() if ignore_case else value) is not None

    return test


def _time(compare: Callable[[datetime, datetime], bool]) -> Callable[[Any, bool], Test]:
    def test(operand: datetime, _: bool) -> Test:
        def holds(value: object, _now: datetime) -> bool:
            at = instant(value)
            return at is not None and compare(at, operand)

        return holds

    return test


def _age(compare: Callable[[timedelta, timedelta], bool]) -> Callable[[Any, bool], Test]:
    def test(operand: float, _: bool) -> Test:
        limit = timedelta(days=operand)

        def holds(value: object, now: datetime) -> bool:
            at = instant(value)
            return at is not None and compare(now - at, limit)

        return holds

    return test


def _exists(operand: bool, _: bool) -> Test:
    return lambda *_: operand


OPERATORS: dict[str, Operator] = {
    "is": Operator("is", SCALAR, _is),
    "is_not": Operator("is not", SCALAR, _opposite(_is), missing=True),
    "in": Operator("is one of", LIST, _in),
    "not_in": Operator("is none of", LIST, _opposite(_in), missing=True),
    "more_than": Operator("is more than", NUMBER, _number(operator.gt)),
    "at_least": Operator("is at least", NUMBER, _number(operator.ge)),
    "less_than": Operator("is less than", NUMBER, _number(operator.lt)),
    "at_most": Operator("is at most", NUMBER, _number(operator.le)),
    "contains": Operator("contains", SCALAR, _contains),
    "starts_with": Operator("starts with", TEXT, _text(str.startswith)),
    "ends_with": Operator("ends with", TEXT, _text(str.endswith)),
    "like": Operator("is like", TEXT, _like),
    "before": Operator("is before", TIME, _time(operator.lt)),
    "after": Operator("is after", TIME, _time(operator.gt)),
    "within_days": Operator(
        "is within the last days:", NUMBER, _age(lambda age, limit: timedelta(0) <= age <= limit)
    ),
    "older_than_days": Operator("is longer ago than days:", NUMBER, _age(operator.gt)),
    "exists": Operator("exists", TRUE_OR_FALSE, _exists),
}


def missing(name: str, operand: object) -> bool:
    """Whether the operator holds for a missing value."""
    return operand is False if name == "exists" else OPERATORS[name].missing
