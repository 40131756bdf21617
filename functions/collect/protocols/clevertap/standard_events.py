"""`Charged`, the one event with a meaning of its own: a purchase, as the e-commerce catalogue has it.

https://developer.clevertap.com/docs/concepts-events#charged-event
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.item_counts import with_count
from functions.collect.vocabularies.clevertap import bare

CHARGED = "Charged"
PURCHASE = "Complete Purchase"

PURCHASE_PROPERTIES = {
    "amount": "amount",
    "chargedid": "order_id",
    "couponcode": "coupon",
    "currency": "currency",
    "discount": "discount",
    "itemcount": "item_count",
    "items": "items",
    "paymentmode": "payment_method",
    "shipping": "shipping",
    "tax": "tax",
}
ITEM_PROPERTIES = {
    "brand": "brand",
    "category": "category",
    "itemid": "item_id",
    "itemname": "name",
    "name": "name",
    "price": "price",
    "productid": "item_id",
    "productname": "name",
    "quantity": "quantity",
    "sku": "item_id",
    "variant": "variant",
}
"""Attributes by their bare spelling. What is in neither table keeps its name."""


def translated(name: object, data: Any) -> tuple[object, Any]:
    """The event's name and properties."""
    if name != CHARGED or not isinstance(data, dict):
        return (PURCHASE if name == CHARGED else name), data
    properties = _renamed(data, PURCHASE_PROPERTIES)
    order, items = properties.get("order_id"), properties.get("items")
    if isinstance(order, int) and not isinstance(order, bool):
        properties["order_id"] = str(order)
    if isinstance(items, list):
        properties["items"] = [
            _renamed(item, ITEM_PROPERTIES) if isinstance(item, dict) else item for item in items
        ]
    return PURCHASE, with_count(properties)


def charged_id(data: object) -> object:
    """What tells one purchase from another even where it has no time; None when there is none."""
    if not isinstance(data, dict):
        return None
    return next((value for name, value in data.items() if bare(name) == "chargedid"), None)


def _renamed(data: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A name already taken, by its own spelling or by the first that means it, is given to no other."""
    taken = {name for name in data if names.get(bare(name)) == name}
    found: dict[str, Any] = {}
    for name, value in data.items():
        wanted = names.get(bare(name), name)
        if wanted != name and wanted in taken:
            wanted = name
        taken.add(wanted)
        found[wanted] = value
    return found
