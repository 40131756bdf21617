"""How many pieces an order's items are, for formats that list the items and leave the count out."""

from __future__ import annotations

from typing import Any

LONGEST = 9
"""Digits of a quantity that came as text."""


def pieces(items: object) -> int | None:
    """The sum of the items' `quantity`; an item that does not say how many is one.

    None where there is no list of objects, or where a quantity is no whole number.
    """
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        return None
    quantities = [_whole(item.get("quantity", 1)) for item in items]
    counted = [quantity for quantity in quantities if quantity is not None]
    return sum(counted) if len(counted) == len(quantities) else None


def with_count(properties: dict[str, Any]) -> dict[str, Any]:
    """The order's properties with an `item_count`, the sender's own where there is one."""
    if "item_count" in properties:
        return properties
    count = pieces(properties.get("items"))
    return properties if count is None else {**properties, "item_count": count}


def _whole(quantity: object) -> int | None:
    if isinstance(quantity, str) and quantity.isascii() and quantity.isdigit() and len(quantity) <= LONGEST:
        return int(quantity)
    if isinstance(quantity, float) and quantity.is_integer():
        return int(quantity)
    return quantity if type(quantity) is int else None
