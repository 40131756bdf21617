"""Which comparisons of one value exclude each other, and what it can be at all.

A limited set of values (`is`, `in`, what the plan allows) is tried; numbers, times and ages are intervals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from shared.authoring.findings import Path
from shared.conditions.operators import OPERATORS, instant, missing
from shared.workspace.model import PropertyDefinition

LOWER = {"at_least": False, "more_than": True}
UPPER = {"at_most": False, "less_than": True}
"""Whether the bound itself is left out."""

YOUNGER, OLDER = "within_days", "older_than_days"
AFTER, BEFORE = "after", "before"
AGES_AND_TIMES = (YOUNGER, OLDER, AFTER, BEFORE)


class Comparison(NamedTuple):
    """One operator of a leaf. `path` leads to it from the condition's top."""

    path: Path
    operator: str
    operand: Any
    ignore_case: bool

    def __str__(self) -> str:
        return f"`{self.operator}: {_written(self.operand)}`"

    def holds_for(self, value: object) -> bool:
        """Whether the comparison holds for a property's value; always for ages and times."""
        operand = tuple(self.operand) if isinstance(self.operand, list) else self.operand
        if self.operator in AGES_AND_TIMES:
            return True  # those are compared with each other
        return OPERATORS[self.operator].test(operand, self.ignore_case)(
            value, datetime.min.replace(tzinfo=UTC)
        )


def exclude_each_other(one: Comparison, other: Comparison, definition: PropertyDefinition | None) -> bool:
    """Whether no value passes both comparisons, which are of the same subject. `definition` is the property's in the
    plan; None if it has none there, or if the subject is no property. False also when nothing can be said."""
    if any(each.operator == "exists" and each.operand is False for each in (one, other)):
        return not all(missing(each.operator, each.operand) for each in (one, other))
    values = possible_values((one, other), definition)
    if values is not None:
        return never_hold((one, other), values)
    for first, second in ((one, other), (other, one)):
        match first.operator, second.operator:
            case (("at_least" | "more_than"), ("at_most" | "less_than")):
                return _is_empty(first, second, definition)
            case "after", "before":
                begin, end = instant(first.operand), instant(second.operand)
                return begin is not None and end is not None and begin >= end
            case "older_than_days", "within_days":
                return timedelta(days=first.operand) >= timedelta(days=second.operand)
            case ("starts_with", "starts_with") | ("ends_with", "ends_with"):
                return not _may_share_an_end(first, second)
    return False


def possible_values(found: Sequence[Comparison], definition: PropertyDefinition | None) -> list[Any] | None:
    """The only values that may hold, by the comparisons and by the plan's definition; None when there may be any."""
    if definition is not None and definition.type in ("list", "object"):
        return None
    for one in found:
        if one.operator == "is" and not one.ignore_case:
            return [one.operand]
        if one.operator == "in" and not one.ignore_case:
            return list(one.operand)
    if definition is not None and definition.allowed is not None:
        return list(definition.allowed)
    return [True, False] if definition is not None and definition.type == "boolean" else None


def never_hold(found: Sequence[Comparison], values: Iterable[Any]) -> bool:
    """Whether the comparisons hold together for none of these values, nor for a missing one."""
    return not any(all(one.holds_for(value) for one in found) for value in values) and not all(
        missing(one.operator, one.operand) for one in found
    )


def _is_empty(lower: Comparison, upper: Comparison, definition: PropertyDefinition | None) -> bool:
    least, most = lower.operand, upper.operand
    is_open = LOWER[lower.operator] or UPPER[upper.operator]
    if definition is not None and definition.type == "integer":
        first = least // 1 + 1 if LOWER[lower.operator] else -(-least // 1)
        last = -(-most // 1) - 1 if UPPER[upper.operator] else most // 1
        return bool(first > last)
    return bool(least >= most if is_open else least > most)


def _may_share_an_end(one: Comparison, other: Comparison) -> bool:
    first, second = one.operand, other.operand
    if one.ignore_case or other.ignore_case:
        first, second = first.casefold(), second.casefold()
    if one.operator == "starts_with":
        return bool(first.startswith(second) or second.startswith(first))
    return bool(first.endswith(second) or second.endswith(first))


def beyond_the_plan(one: Comparison, definition: PropertyDefinition | None) -> str | None:
    """Why the comparison cannot hold, when the definition's `minimum` and `maximum` leave no room for its number:
    "the plan's `maximum` is 10". None when they do."""
    if definition is None:
        return None
    if definition.maximum is not None:
        most = Comparison((), "at_most", definition.maximum, ignore_case=False)
        is_above = one.operator in LOWER and _is_empty(one, most, definition)
        if is_above or (one.operator == "is" and not most.holds_for(one.operand)):
            return f"the plan's `maximum` is {definition.maximum:g}"
    if definition.minimum is not None:
        least = Comparison((), "at_least", definition.minimum, ignore_case=False)
        is_below = one.operator in UPPER and _is_empty(least, one, definition)
        if is_below or (one.operator == "is" and not least.holds_for(one.operand)):
            return f"the plan's `minimum` is {definition.minimum:g}"
    return None


def beyond_counting(one: Comparison, kind: str) -> str | None:
    """Why a counter can never be that low; None when it can, and for every other `kind` of subject."""
    if kind != "counter" or one.operator not in UPPER:
        return None
    zero = Comparison((), "at_least", 0, ignore_case=False)
    return "a count is never below 0" if _is_empty(zero, one, None) else None


def _written(operand: object) -> str:
    if isinstance(operand, bool):
        return str(operand).lower()
    if isinstance(operand, list | tuple):
        return f"[{', '.join(map(_written, operand))}]"
    return str(operand)
