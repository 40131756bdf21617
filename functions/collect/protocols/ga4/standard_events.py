"""GA4's recommended events, as the names and properties of the e-commerce catalogue.

https://developers.google.com/analytics/devguides/collection/ga4/reference/events
"""

from __future__ import annotations

from typing import Any

PAGES = {"page_view": "page", "screen_view": "screen"}
"""Events that are canonical types of their own."""

NAMES = {
    "purchase": "Complete Purchase",
    "begin_checkout": "Start Checkout",
    "add_to_cart": "Add To Cart",
    "remove_from_cart": "Remove From Cart",
    "add_to_wishlist": "Add To Wish List",
    "view_item": "View Item",
    "view_item_list": "View Category",
    "view_promotion": "View Promotion",
    "search": "Search",
    "sign_up": "Registration",
    "login": "Login",
}

PARAMETERS = {
    "transaction_id": "order_id",
    "value": "amount",
    "search_term": "query",
    "promotion_name": "name",
    "creative_name": "creative",
    "item_list_id": "category_id",
    "item_list_name": "category",
}
"""Of the events above. `value` is what was paid, or what the items are worth."""

OF_ITEMS = {
    "item_id": "item_id",
    "item_name": "name",
    "item_brand": "brand",
    "item_category": "category",
    "item_variant": "variant",
}

ONE_ITEM = frozenset({"Add To Cart", "Remove From Cart", "Add To Wish List", "View Item"})
"""What the catalogue says of one item stands at the event itself; GA4 has it in a list of one."""


def translated(name: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The catalogue's name and properties; what is not in the tables stays as it came."""
    known_as = NAMES.get(name)
    if known_as is None:
        return name, parameters
    properties = {PARAMETERS.get(key, key): value for key, value in parameters.items()}
    items = parameters.get("items")
    if isinstance(items, list):
        properties["items"] = [_item(item) for item in items]
        if known_as in ONE_ITEM and len(items) == 1 and isinstance(items[0], dict):
            properties = {**properties["items"][0], **properties}
        properties.setdefault("item_count", _count(items))
    return known_as, properties


def _item(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {OF_ITEMS.get(key, key): value for key, value in item.items()}


def _count(items: list[Any]) -> int:
    """Pieces: an item that does not say how many is one."""
    return sum(
        quantity if isinstance(quantity := item.get("quantity", 1), int) else 1
        for item in items
        if isinstance(item, dict)
    )
