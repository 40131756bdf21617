"""Event patterns: exact values, and the operators that a rule of the stack or of an operator's routes uses.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

COMPARED = {"<": operator.lt, "<=": operator.le, "=": operator.eq, ">": operator.gt, ">=": operator.ge}

MISSING = object()


def check(pattern: Mapping[str, Any]) -> None:
    """Raises NotImplementedError for operators that are not simulated, ValueError for what is no pattern."""
    if not pattern:
        raise ValueError("a pattern has at least one field")
    for name, wanted in pattern.items():
        if isinstance(wanted, Mapping):
            check(wanted)
        elif not isinstance(wanted, list) or not wanted:
            raise ValueError(f"{name} must be an object, or an array that is not empty")
        elif name.startswith("$"):
            raise NotImplementedError(f"{name} in an event pattern")
        else:
            for one in wanted:
                if isinstance(one, dict):
                    _holds(one, MISSING)


def matches(pattern: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    """Whether an entry has every field of the pattern, with one of the values that the pattern lists."""
    for name, wanted in pattern.items():
        found = entry.get(name, MISSING)
        if isinstance(wanted, Mapping):
            if isinstance(found, list):
                raise NotImplementedError("a pattern of objects within an array")
            if not matches(wanted, found if isinstance(found, Mapping) else {}):
                return False
        elif not _any(wanted, found):
            return False
    return True


def _any(wanted: list[Any], found: Any) -> bool:
    """Of an array, one element is enough."""
    values = found if isinstance(found, list) and found else [found]
    return any(_equals(one, value) for one in wanted for value in values)


def _equals(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return _holds(wanted, found)
    return type(wanted) is type(found) and bool(wanted == found)


def _holds(wanted: dict[str, Any], found: Any) -> bool:
    [(kind, value)] = wanted.items()
    if kind == "exists":
        return bool((found is not MISSING and not isinstance(found, Mapping)) == value)
    if kind == "prefix" and isinstance(value, str):
        return isinstance(found, str) and found.startswith(value)
    if kind == "suffix" and isinstance(value, str):
        return isinstance(found, str) and found.endswith(value)
    if kind == "equals-ignore-case":
        return isinstance(found, str) and found.lower() == value.lower()
    if kind == "anything-but" and not isinstance(value, dict):
        others = value if isinstance(value, list) else [value]
        return found is not MISSING and not any(_equals(one, found) for one in others)
    if kind == "numeric":
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        signs = list(zip(value[::2], value[1::2], strict=True))
        return is_number and all(COMPARED[sign](found, bound) for sign, bound in signs)
    raise NotImplementedError(f"{kind} in an event pattern")
