"""Pinpoint's own events: the purchase in Headrace's words, and those that withdraw a consent. All keep their names but
the purchase.

https://docs.aws.amazon.com/pinpoint/latest/developerguide/event-streams-data.html (`_session.*`, `_email.*`, `_SMS.*`,
`_campaign.*`, `_journey.*`); `_monetization.purchase` and its attributes are those of AWS's mobile SDKs.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from functions.collect.adapter.event_builder import Fields

PURCHASE = "_monetization.purchase"

PURCHASE_PROPERTIES = {"_currency": "currency", "_transaction_id": "order_id", "_quantity": "item_count"}
ITEM_PROPERTIES = {
    "_product_id": "item_id",
    "_item_price": "price",
    "_quantity": "quantity",
}
"""Of the one item that a purchase is of; price and quantity are metrics."""

WITHDRAWN = {
    "_email.unsubscribe": "email",
    "_email.complaint": "email",
    "_SMS.OPTOUT": "sms",
    "_SMS.OPTED_OUT": "sms",
}
"""Events that say that a person wants no more of a channel."""

SESSION = "_session."


def translated(event_type: str, properties: Fields) -> tuple[str, Fields]:
    """The event's name and properties. Attributes that no table has stay as they came, and win over what is made."""
    if event_type != PURCHASE:
        return event_type, properties
    taken = {**PURCHASE_PROPERTIES, **ITEM_PROPERTIES}
    made = {name: properties[said] for said, name in PURCHASE_PROPERTIES.items() if said in properties}
    item = {name: properties[said] for said, name in ITEM_PROPERTIES.items() if said in properties}
    if item:
        made["items"] = [item]
    price, quantity = properties.get("_item_price"), properties.get("_quantity", 1)
    if _is_number(price) and _is_number(quantity):
        amount = float(Decimal(str(price)) * Decimal(str(quantity)))
        if math.isfinite(amount):
            made["amount"] = amount
    if quantity.__class__ is float and quantity.is_integer():  # Pinpoint's metrics are all floating
        made["item_count"] = item["quantity"] = int(quantity)
    kept = {name: value for name, value in properties.items() if name not in taken}
    return "Complete Purchase", {**made, **kept}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
