"""Snowplow's own schemas of things people do in shops, in the names of Headrace's e-commerce catalogue.

Only these: a customer's schema keeps its name and its data.

https://docs.snowplow.io/docs/events/ootb-data/ecommerce-events/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.collect.adapter.item_counts import with_count
from functions.collect.protocols.snowplow.iglu import Described

SNOWPLOW, ECOMMERCE = "com.snowplowanalytics.snowplow", "com.snowplowanalytics.snowplow.ecommerce"

ACTION = (ECOMMERCE, "snowplow_ecommerce_action")

CART_ITEM = {"sku": "item_id", "unitPrice": "price"}

EVENTS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    (SNOWPLOW, "add_to_cart"): ("Add To Cart", CART_ITEM),
    (SNOWPLOW, "remove_from_cart"): ("Remove From Cart", CART_ITEM),
    (SNOWPLOW, "site_search"): ("Search", {"terms": "query", "totalResults": "results"}),
}
"""Schemas that are a whole event, and their properties that have another name here."""

SCREEN_VIEWS = frozenset({(SNOWPLOW, "screen_view"), ("com.snowplowanalytics.mobile", "screen_view")})

ACTIONS = {
    "add_to_cart": "Add To Cart",
    "list_view": "View Category",
    "product_view": "View Item",
    "promo_view": "View Promotion",
    "remove_from_cart": "Remove From Cart",
    "transaction": "Complete Purchase",
}
"""By `type` of the action. The first `checkout_step` is `Start Checkout`; any other type keeps its schema's name."""

PRODUCT = {"id": "item_id", "size": "variant"}

TRANSACTION = {
    "transaction_id": "order_id", "revenue": "amount", "total_quantity": "item_count", "discount_code": "coupon",
    "discount_amount": "discount",
}  # fmt: skip

CART = {"total_value": "amount"}

CHECKOUT = {"coupon_code": "coupon"}

PROMOTION = {"id": "promotion_id", "creative_id": "creative"}

OF_ONE_ITEM = frozenset({"Add To Cart", "Remove From Cart", "View Item"})
"""Events that have their item's properties, when it is one item."""


def of_schema(event: Described) -> tuple[str, dict[str, Any]] | None:
    """The name and properties of one of Snowplow's whole events."""
    found = EVENTS.get((event.vendor, event.name))
    if found is None or not isinstance(event.data, dict):
        return None
    name, words = found
    properties = _renamed(event.data, words)
    terms = properties.get("query") if name == "Search" else None
    # Terms are texts. What else is in such a list may be nested too deep to be written as one.
    if isinstance(terms, list) and not any(isinstance(term, (list, dict)) for term in terms):
        properties["query"] = " ".join(map(str, terms))
    return name, properties


def of_action(event: Described, entities: list[Described]) -> tuple[str, dict[str, Any]] | None:
    """The name and properties of an e-commerce action with its entities: products, the transaction, the cart."""
    if (event.vendor, event.name) != ACTION or not isinstance(event.data, dict):
        return None
    beside = _by_name(entities)
    kind = event.data.get("type")
    step = _first(beside, "checkout_step").get("step")
    name = ACTIONS.get(kind) if isinstance(kind, str) else None
    if kind == "checkout_step" and step.__class__ in (int, str) and str(step) == "1":
        name = "Start Checkout"
    if name is None:
        return None
    properties = {key: value for key, value in event.data.items() if key not in ("type", "name")}
    properties |= _renamed(_first(beside, "checkout_step"), CHECKOUT)
    cart = _renamed(_first(beside, "cart"), CART)
    properties |= cart if name == "Start Checkout" else {key: cart[key] for key in cart if key != "amount"}
    properties |= _renamed(_first(beside, "transaction"), TRANSACTION)
    properties |= _renamed(_first(beside, "promotion"), PROMOTION)
    if name == "View Category":
        properties |= {"category": event.data.get("name"), "items_shown": len(beside.get("product", ()))}
    return name, _with_items(name, properties, [_product(item) for item in beside.get("product", ())])


def _with_items(name: str, properties: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    if name in OF_ONE_ITEM and len(items) == 1:
        properties |= items[0]
    elif items:
        properties["items"] = items
        if "currency" in items[0]:
            properties.setdefault("currency", items[0]["currency"])
        if name in ("Complete Purchase", "Start Checkout"):
            properties = with_count(properties)
    return {key: value for key, value in properties.items() if value is not None}


def _product(data: dict[str, Any]) -> dict[str, Any]:
    """A product that names both a size and a variant keeps both names."""
    return _renamed(data, {"id": "item_id"} if "variant" in data else PRODUCT)


def _by_name(entities: list[Described]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in entities:
        if one.vendor == ECOMMERCE and isinstance(one.data, dict):
            found.setdefault(one.name, []).append(one.data)
    return found


def _first(entities: dict[str, list[dict[str, Any]]], name: str) -> dict[str, Any]:
    return entities.get(name, [{}])[0]


def _renamed(data: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    return {words.get(name, name): value for name, value in data.items()}
