"""User.com's product events: its closed list of types, and what each is called here.

https://docs.user.com/how-to-create-product-events/
"""

from __future__ import annotations

import math
from typing import Any

from shared.text.numbers import finite

PURCHASE = "Complete Purchase"

NAMES: dict[str, str] = {
    "add to cart": "Add To Cart",
    "add": "Add To Cart",
    "remove": "Remove From Cart",
    "purchase": PURCHASE,
    "checkout": "Start Checkout",
    "checkout option": "Choose Checkout Option",
    "order": "Order Item",
    "reservation": "Reserve Item",
    "return": "Return Item",
    "refund": "Refund Item",
    "view": "View Item",
    "detail": "View Item Details",
    "click": "Click Item",
    "promo click": "Click Promotion",
    "liking": "Like Item",
    "add to observation": "Add To Wish List",
}

ITEM: dict[str, str] = {
    "custom_id": "item_id",
    "product_id": "item_id",
    "name": "name",
    "category_name": "category",
    "category": "category",
    "brand": "brand",
    "variant": "variant",
    "price": "price",
    "quantity": "quantity",
    "product_url": "url",
    "image_url": "image_url",
}


def properties_of(name: str, product: object, data: dict[str, Any]) -> dict[str, Any]:
    """An event's properties: those of the product under our names, any other as it came.

    A purchase here is an order, so its product is the one in a list. Its amount, unless the sender says one, is what
    the product cost.
    """
    item = {ITEM[key]: value for key, value in reversed(data.items()) if key in ITEM}
    if product is not None:
        item.setdefault("item_id", product)
    others = {key: value for key, value in data.items() if key not in ITEM}
    if name != PURCHASE:
        return {**item, **others}
    quantity = item.setdefault("quantity", 1)
    found: dict[str, Any] = {"items": [item]}
    count, cost = _multiplied(1, quantity), _multiplied(item.get("price"), quantity)
    if count is not None and count.is_integer():
        found["item_count"] = int(count)
    if cost is not None:
        found["amount"] = cost
    return {**found, **others}


def _multiplied(price: Any, quantity: Any) -> float | None:
    """To a millionth, so that three times 0.1 is 0.3. None when one of them is no number."""
    one, many = finite(price), finite(quantity)
    cost = one * many if one is not None and many is not None else math.inf
    return round(cost, 6) if math.isfinite(cost) else None
