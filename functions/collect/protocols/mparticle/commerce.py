"""Commerce events by the names and properties of `shared/catalogues/ecommerce.yaml`; what has none there keeps its own.

https://docs.mparticle.com/developers/apis/json-reference/#commerce-events
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.event_builder import Fields
from functions.collect.adapter.item_counts import pieces
from shared.plan.reasons import Code, Reason

ACTIONS = {
    "add_to_cart": "Add To Cart",
    "remove_from_cart": "Remove From Cart",
    "add_to_wishlist": "Add To Wish List",
    "remove_from_wish_list": "Remove From Wish List",
    "remove_from_wishlist": "Remove From Wish List",
    "view_detail": "View Item",
    "click": "Click Item",
    "checkout": "Start Checkout",
    "checkout_option": "Choose Checkout Option",
    "purchase": "Complete Purchase",
    "refund": "Refund Purchase",
}

OF_ONE_ITEM = frozenset(
    {
        "Add To Cart", "Remove From Cart", "Add To Wish List", "Remove From Wish List", "View Item", "Click Item",
    }
)  # fmt: skip
"""Their properties are the item's own while there is one; of several they have the list `items`."""

PROMOTIONS = {"view": "View Promotion", "click": "Click Promotion"}
IMPRESSION = "View Category"
OTHER = "Commerce Event"
"""An action that mParticle's list does not have."""

OF_AN_ORDER = {
    "total_amount": "amount",
    "transaction_id": "order_id",
    "tax_amount": "tax",
    "shipping_amount": "shipping",
    "coupon_code": "coupon",
}
ACTION_PROPERTIES = {
    "Complete Purchase": OF_AN_ORDER,
    "Refund Purchase": OF_AN_ORDER,
    "Start Checkout": {"total_amount": "amount", "coupon_code": "coupon"},
}
"""By our event. Elsewhere, as of one item, the fields keep their names."""

ITEM_PROPERTIES = {"id": "item_id"}
PROMOTION_PROPERTIES = {"id": "promotion_id"}

OWN = frozenset(
    {"product_action", "promotion_action", "product_impressions", "currency_code", "shopping_cart"}
)


def read(data: Fields) -> tuple[str, Fields, list[Reason]]:
    """The event's name and properties. What it says itself stands above its custom attributes of the same name."""
    for field, reader in (
        ("product_action", _of_action),
        ("promotion_action", _of_promotion),
        ("product_impressions", _of_impressions),
    ):
        said = data.get(field)
        if said is None or said == []:
            continue
        reasons: list[Reason] = []
        name, properties = reader(said, reasons)
        if isinstance(currency := data.get("currency_code"), str) and currency:
            properties["currency"] = currency
        if data.get("shopping_cart") is not None:
            properties["shopping_cart"] = data["shopping_cart"]
        return name, properties, reasons
    sentence = "a commerce event needs product_action, promotion_action or product_impressions"
    return OTHER, {}, [Reason(Code.MALFORMED, "data", sentence)]


def _of_action(said: Any, reasons: list[Reason]) -> tuple[str, Fields]:
    if not isinstance(said, dict):
        reasons.append(Reason(Code.MALFORMED, "data.product_action", "product_action must be an object"))
        return OTHER, {}
    action = said.get("action")
    name = ACTIONS.get(action.lower(), OTHER) if isinstance(action, str) else OTHER
    fields: Fields = said
    words = ACTION_PROPERTIES.get(name, {})
    properties = {
        words.get(field, field): value
        for field, value in fields.items()
        if value is not None and field not in ("products", "action")
    }
    if name == OTHER and action is not None:
        properties["action"] = action
    items = _listed("data.product_action.products", said.get("products"), ITEM_PROPERTIES, reasons)
    if name in OF_ONE_ITEM and len(items) == 1:
        properties = {**properties, **items[0]}
    elif items:
        properties["items"] = items
    return name, properties


def counted(name: str, properties: Fields) -> Fields:
    """How many pieces an order has, which mParticle has no field for: a custom attribute that says so counts more."""
    count = pieces(properties.get("items")) if name in ACTION_PROPERTIES else None
    return {} if count is None else {"item_count": count}


def _of_promotion(said: Any, reasons: list[Reason]) -> tuple[str, Fields]:
    if not isinstance(said, dict):
        reasons.append(Reason(Code.MALFORMED, "data.promotion_action", "promotion_action must be an object"))
        return OTHER, {}
    action = said.get("action")
    name = PROMOTIONS.get(action.lower(), OTHER) if isinstance(action, str) else OTHER
    field = "data.promotion_action.promotions"
    promotions = _listed(field, said.get("promotions"), PROMOTION_PROPERTIES, reasons)
    if len(promotions) == 1:
        return name, promotions[0]
    return name, {"promotions": promotions} if promotions else {}


def _of_impressions(said: Any, reasons: list[Reason]) -> tuple[str, Fields]:
    """Lists of items that were shown: of one list the catalogue's properties, of several each list's own."""
    if isinstance(said, dict):
        said = [said]
    field = "data.product_impressions"
    lists = _listed(field, said, {"product_impression_list": "category"}, reasons)
    for one in lists:
        items = _listed(f"{field}.products", one.pop("products", None), ITEM_PROPERTIES, reasons)
        one["items_shown"] = len(items)
        if items:
            one["items"] = items
    if len(lists) == 1:
        return IMPRESSION, lists[0]
    return IMPRESSION, {"lists": lists, "items_shown": sum(one["items_shown"] for one in lists)}


def _listed(field: str, said: object, names: dict[str, str], reasons: list[Reason]) -> list[dict[str, Any]]:
    """The objects of a list under our names, each with its custom attributes among its own."""
    if said is None:
        return []
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        reasons.append(Reason(Code.MALFORMED, field, f"{field} must be a list of objects"))
        return []
    return [_named(one, names) for one in said]


def _named(one: Fields, names: dict[str, str]) -> Fields:
    custom = one.get("custom_attributes")
    own = {
        names.get(name, name): value
        for name, value in one.items()
        if value is not None and not (name == "custom_attributes" and isinstance(value, dict))
    }
    return {**custom, **own} if isinstance(custom, dict) else own
