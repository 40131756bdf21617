"""Condition expressions, parsed once: as much of the grammar as the adapters use. What else there is raises
NotImplementedError.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from simulation.aws.dynamodb.tokens import Names, Path_, Tokens, Values, given, named, value_at
from simulation.aws.dynamodb.values import Item, Value, comparable, invalid, kind

Condition = Callable[[Item, Names, Values], bool]
Operand = Callable[[Item, Names, Values], Value | None]

ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


ORDERLY = ("S", "N", "B")


@lru_cache(maxsize=1024)
def condition(expression: str) -> Condition:
    """Of an item, or of an empty one where there is none."""
    tokens = Tokens(expression)
    parsed = _either(tokens)
    tokens.end()
    return parsed


def _either(tokens: Tokens) -> Condition:
    parts = [_all(tokens)]
    while tokens.took("OR"):
        parts.append(_all(tokens))
    if len(parts) == 1:
        return parts[0]
    return lambda item, names, values: any(part(item, names, values) for part in parts)


def _all(tokens: Tokens) -> Condition:
    parts = [_not(tokens)]
    while tokens.took("AND"):
        parts.append(_not(tokens))
    if len(parts) == 1:
        return parts[0]
    return lambda item, names, values: all(part(item, names, values) for part in parts)


def _not(tokens: Tokens) -> Condition:
    if tokens.took("NOT"):
        denied = _not(tokens)
        return lambda item, names, values: not denied(item, names, values)
    if tokens.took("("):
        tokens.check_parentheses()
        inner = _either(tokens)
        tokens.expect(")")
        return inner
    if tokens.next == "attribute_exists":
        path = _argument(tokens)
        return lambda item, names, values: value_at(item, named(path, names)) is not None
    if tokens.next == "attribute_not_exists":
        path = _argument(tokens)
        return lambda item, names, values: value_at(item, named(path, names)) is None
    return _comparison(tokens)


def _argument(tokens: Tokens) -> Path_:
    tokens.take()
    tokens.expect("(")
    path = tokens.path()
    tokens.expect(")")
    return path


def _operand(tokens: Tokens, *, ordered: bool = False) -> Operand:
    """Only text, numbers and binary have an order: another value is refused, another attribute is not less nor
    greater."""
    if tokens.next.startswith(":"):
        name = tokens.value()
        return (
            (lambda item, names, values: _orderable(given(values, name)))
            if ordered
            else (lambda item, names, values: given(values, name))
        )
    path = tokens.path()
    return lambda item, names, values: value_at(item, named(path, names))


def _comparison(tokens: Tokens) -> Condition:
    left = _operand(tokens)
    sign = tokens.take()
    if sign == "=":
        right = _operand(tokens)
        return lambda item, names, values: _equal(left(item, names, values), right(item, names, values))
    if sign in ORDERED:
        holds, right = ORDERED[sign], _operand(tokens, ordered=True)
        return lambda item, names, values: _ordered(
            holds, left(item, names, values), right(item, names, values)
        )
    if sign.upper() == "IN":
        tokens.expect("(")
        choices = [_operand(tokens)]
        while tokens.took(","):
            choices.append(_operand(tokens))
        tokens.expect(")")
        return lambda item, names, values: any(
            _equal(left(item, names, values), one(item, names, values)) for one in choices
        )
    raise tokens.unknown(sign)


def _orderable(value: Value) -> Value:
    """Raises AwsError."""
    if kind(value) not in ORDERLY:
        raise invalid(f"Invalid operand type for operator or function; operand type: {kind(value)}")
    return value


def _equal(left: Value | None, right: Value | None) -> bool:
    if left is None or right is None or kind(left) != kind(right):
        return False
    return left == right or bool(comparable(left) == comparable(right))


def _ordered(holds: Callable[[Any, Any], bool], left: Value | None, right: Value | None) -> bool:
    """What is not there, or of another type, is neither less nor greater."""
    if left is None or right is None or kind(left) != kind(right) or kind(left) not in ORDERLY:
        return False
    return holds(comparable(left), comparable(right))
