"""GA4's recommended events, as the names and properties of the e-commerce catalogue.

https://developers.google.com/analytics/devguides/collection/ga4/reference/events
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.item_counts import with_count

PAGES = {"page_view": "page", "screen_view": "screen"}
"""Events that are canonical types of their own."""

OF_PAGES = {
    "page": {"page_location": "url", "page_title": "title", "page_referrer": "referrer"},
    "screen": {"screen_name": "name"},
}
"""What such an event says of the page or the screen."""

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
    "Complete Purchase": {"transaction_id": "order_id", "value": "amount"},
    "Start Checkout": {"value": "amount"},
    "View Category": {"item_list_id": "category_id", "item_list_name": "category"},
    "View Promotion": {"promotion_name": "name", "creative_name": "creative", "creative_slot": "position"},
    "Search": {"search_term": "query"},
}
"""By the catalogue's event. `value` is what was paid, or is to be; of one item it stays what GA4 calls it."""

OF_ITEMS = {
    "item_id": "item_id",
    "item_name": "name",
    "item_brand": "brand",
    "item_category": "category",
    "item_variant": "variant",
}

ONE_ITEM = frozenset({"Add To Cart", "Remove From Cart", "Add To Wish List", "View Item"})
"""What the catalogue says of one item stands at the event itself; GA4 has it in a list of one."""

ORDERS = frozenset({"Complete Purchase", "Start Checkout"})
"""Events that count their items' pieces."""


def of_page(type_: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The properties of a page or screen, as other formats have them."""
    words = OF_PAGES[type_]
    return {words.get(key, key): value for key, value in parameters.items()}


def translated(name: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The catalogue's name and properties; what is not in the tables stays as it came."""
    known_as = NAMES.get(name)
    if known_as is None:
        return name, parameters
    words = PARAMETERS.get(known_as, {})
    properties = {words.get(key, key): value for key, value in parameters.items()}
    items = parameters.get("items")
    if isinstance(items, list):
        properties["items"] = [_item(item) for item in items]
        if known_as in ONE_ITEM and len(items) == 1 and isinstance(items[0], dict):
            properties = {**properties["items"][0], **properties}
        if known_as == "View Category":
            properties.setdefault("items_shown", len(items))
    return known_as, with_count(properties) if known_as in ORDERS else properties


def _item(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {OF_ITEMS.get(key, key): value for key, value in item.items()}
