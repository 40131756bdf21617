"""Items and attribute values as DynamoDB's JSON protocol has them: `{"S": "text"}`; bytes are base64 text.

Items are never changed in place: a write makes another one, so that they can be shared without copies.
"""

from __future__ import annotations

from base64 import b64decode
from decimal import Context, Decimal
from typing import Any

from simulation.aws.calls import AwsError

Value = dict[str, Any]
Item = dict[str, Value]

LARGEST_ITEM = 400 * 1024
"""Bytes of names and values: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

LONGEST_PARTITION_KEY, LONGEST_SORT_KEY = 2048, 1024
"""Bytes, as there."""

MOST_DIGITS = 38

EXACT = Context(prec=2 * MOST_DIGITS)
"""Sums of numbers are not rounded before their digits are counted."""


def invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def kind(value: Value) -> str:
    [found] = value
    return found


def item_bytes(item: Item) -> int:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""
    size = 0
    for name, value in item.items():
        size += (len(name) if name.isascii() else len(name.encode())) + value_bytes(value)
    return size


def value_bytes(value: Value) -> int:
    for form, content in value.items():
        if form == "S":
            return len(content) if content.isascii() else len(content.encode())
        if form == "N":
            return (len(content.strip("-0").replace(".", "")) + 1) // 2 + 1
        if form == "B":
            return int(len(content) * 3 // 4 - content.count("=", -2))
        if form in ("BOOL", "NULL"):
            return 1
        if form == "M":
            return 3 + len(content) + item_bytes(content)
        if form == "L":
            return 3 + len(content) + sum(map(value_bytes, content))
        if form in ("SS", "NS", "BS"):
            return sum(value_bytes({form[0]: one}) for one in content)
    raise invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")


def comparable(value: Value) -> Any:
    """What `=` and `<` compare: numbers by value, text by its UTF-8 bytes, binary by its bytes."""
    [(form, content)] = value.items()
    if form == "N":
        return Decimal(content)
    if form == "S":
        return content.encode()
    if form == "B":
        return b64decode(content)
    if form in ("SS", "NS", "BS"):
        return frozenset(comparable({form[0]: one}) for one in content)
    if form == "L":
        return [(kind(one), comparable(one)) for one in content]
    if form == "M":
        return {name: (kind(one), comparable(one)) for name, one in content.items()}
    return content


def number(text: str) -> Decimal:
    """Raises AwsError for what is no number of at most 38 digits."""
    try:
        found = Decimal(text)
    except ArithmeticError:
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}") from None
    if not found.is_finite():
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}")
    if len(EXACT.normalize(found).as_tuple().digits) > MOST_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    return found


def numeral(value: Decimal) -> str:
    """A number as DynamoDB gives it back: without an exponent or trailing zeros."""
    text = f"{EXACT.normalize(value):f}"
    return "0" if text == "-0" else text


def checked(item: Item) -> None:
    """Raises AwsError for values that DynamoDB does not store: empty sets, numbers that are none."""
    for value in item.values():
        _check(value)


def _check(value: Value) -> None:
    if len(value) != 1:
        raise invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one")
    [(form, content)] = value.items()
    if form == "N":
        if not (content.isascii() and content.isdigit() and len(content) <= MOST_DIGITS):
            number(content)
    elif form == "M":
        checked(content)
    elif form == "L":
        for one in content:
            _check(one)
    elif form in ("SS", "NS", "BS"):
        if not content:
            raise invalid("One or more parameter values were invalid: An string set may not be empty")
        if len({comparable({form[0]: one}) for one in content}) < len(content):
            raise invalid("One or more parameter values were invalid: Input collection contains duplicates")
    elif form not in ("S", "B", "BOOL", "NULL"):
        raise invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
