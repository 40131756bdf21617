"""Netmera's standard events: what they and their attributes are called here.

The codes and their short keys are those of its SDKs (react-native-netmera, `src/events`); by REST an event has the
name of its class and attributes in camel case (`PurchaseEvent`, `OrderCancelEvent`).
https://user.netmera.com/netmera-user-guide/customer-data/events/netmera-events
"""

from __future__ import annotations

from typing import NamedTuple

Attributes = dict[str, str]
"""Our property by Netmera's key, short or in camel case."""


class Standard(NamedTuple):
    name: str
    attributes: Attributes
    type: str = "track"


ITEM: Attributes = {
    "ea": "item_id", "itemId": "item_id", "productId": "item_id",
    "eb": "name", "itemName": "name", "productName": "name",
    "eq": "price", "price": "price",
    "ec": "quantity", "count": "quantity", "itemCount": "quantity", "quantity": "quantity",
    "ga": "category_ids", "categoryIds": "category_ids", "categoryId": "category_ids",
    "ef": "category", "categoryNames": "category", "categoryName": "category",
    "eh": "brand", "brandName": "brand",
    "gd": "brand_id", "brandId": "brand_id",
    "ei": "variant", "variant": "variant",
    "eg": "keywords", "keywords": "keywords",
    "ge": "campaign_id", "campaignId": "campaign_id",
}  # fmt: skip
"""Of a product."""

LINE_ITEM: Attributes = {**ITEM, "id": "item_id", "name": "name"}
"""Of a product in a list, whose name need not stand beside an event's."""

CONTENT: Attributes = {
    "ea": "content_id", "contentId": "content_id", "itemId": "content_id",
    "eb": "title", "contentName": "title", "itemName": "title",
    "ed": "content_type", "contentType": "content_type",
    "ee": "provider", "provider": "provider", "contentProvider": "provider",
    "ga": "category_ids", "categoryIds": "category_ids", "categoryId": "category_ids",
    "ef": "category", "categoryNames": "category", "categoryName": "category",
    "eg": "keywords", "keywords": "keywords",
    "eo": "rating", "rating": "rating",
}  # fmt: skip

ORDER: Attributes = {
    "er": "subtotal", "subTotal": "subtotal",
    "es": "amount", "grandTotal": "amount",
    "ec": "item_count", "itemCount": "item_count",
    "em": "payment_method", "paymentMethod": "payment_method",
}  # fmt: skip

PURCHASE: Attributes = {
    **ORDER,
    "fz": "product_count", "productCount": "product_count",
    "ep": "shipping", "shippingCost": "shipping",
    "el": "discount", "discount": "discount",
    "ek": "coupon", "coupon": "coupon",
    "items": "items", "lineItems": "items",
}  # fmt: skip

CODES: dict[str, Standard] = {
    "n:sv": Standard(
        "screen",
        {
            "ea": "name", "pageName": "name", "ee": "page_id", "pageId": "page_id",
            "ef": "referrer_id", "referrerPageId": "referrer_id", "ej": "referrer", "referrerPageName": "referrer",
            "el": "time_in_page", "timeInPage": "time_in_page",
        },
        "screen",
    ),
    "n:cl": Standard("Login", {"uid": "user_id", "userId": "user_id"}),
    "n:rg": Standard("Registration", {"uid": "user_id", "userId": "user_id"}),
    "n:sr": Standard("Search", {"ga": "query", "query": "query", "ef": "results", "resultCount": "results"}),
    "n:sh": Standard("Share", {"ga": "network", "channel": "network", "ef": "content", "content": "content"}),
    "n:bc": Standard(
        "Click Banner", {"ea": "banner_id", "bannerId": "banner_id", "eg": "keywords", "keywords": "keywords"}
    ),
    "n:cv": Standard(
        "View Category",
        {"ga": "category_id", "categoryId": "category_id", "ef": "category", "categoryName": "category"},
    ),
    "n:bl": Standard("Battery Level", {"ec": "level", "batteryLevel": "level", "level": "level"}),
    "n:ip": Standard("In-App Purchase", ITEM),
    "n:vp": Standard("View Item", ITEM),
    "n:cp": Standard("Comment Item", ITEM),
    "n:rp": Standard("Rate Item", {**ITEM, "eo": "stars", "rating": "stars"}),
    "n:wl": Standard("Add To Wish List", ITEM),
    "n:acp": Standard("Add To Cart", {**ITEM, "er": "cart_total", "basketTotal": "cart_total"}),
    "n:rcp": Standard("Remove From Cart", ITEM),
    "n:vt": Standard(
        "View Cart",
        {"ec": "item_count", "itemCount": "item_count", "er": "amount", "subTotal": "amount"},
    ),
    "n:ph": Standard("Complete Purchase", PURCHASE),
    "n:co": Standard("Cancel Order", ORDER),
    "n:vc": Standard("View Content", CONTENT),
    "n:rc": Standard("Rate Content", CONTENT),
    "n:cc": Standard("Comment Content", CONTENT),
}  # fmt: skip

CLASSES: dict[str, str] = {
    "ScreenView": "n:sv",
    "Login": "n:cl",
    "Register": "n:rg",
    "Search": "n:sr",
    "Share": "n:sh",
    "BannerClick": "n:bc", "BannerOpen": "n:bc",
    "CategoryView": "n:cv", "ViewCategory": "n:cv",
    "BatteryLevel": "n:bl",
    "InAppPurchase": "n:ip",
    "ProductView": "n:vp", "ViewProduct": "n:vp",
    "ProductComment": "n:cp", "CommentProduct": "n:cp",
    "ProductRate": "n:rp", "RateProduct": "n:rp",
    "WishList": "n:wl", "AddToWishList": "n:wl", "AddToWishlist": "n:wl",
    "CartAddProduct": "n:acp", "AddToCart": "n:acp",
    "CartRemoveProduct": "n:rcp", "RemoveFromCart": "n:rcp",
    "CartView": "n:vt", "ViewCart": "n:vt",
    "Purchase": "n:ph",
    "OrderCancel": "n:co", "CancelOrder": "n:co",
    "ContentView": "n:vc", "ViewContent": "n:vc",
    "ContentRate": "n:rc", "RateContent": "n:rc",
    "ContentComment": "n:cc", "CommentContent": "n:cc",
}  # fmt: skip
"""Codes by the names of the SDKs' classes, without what all of them have in common. The SDKs put the words in either
order."""

STANDARD: dict[str, Standard] = CODES | {
    spelling: CODES[code]
    for name, code in CLASSES.items()
    for spelling in (f"{name}Event", f"Netmera{name}Event", f"NetmeraEvent{name}")
}
"""By everything an event may be called by: REST and the web SDK, iOS and Android, React Native."""

CAMPAIGN: dict[str, tuple[str, str | None]] = {
    "utmSource": ("campaign", "source"), "fl": ("campaign", "source"),
    "utmMedium": ("campaign", "medium"), "fo": ("campaign", "medium"),
    "utmCampaign": ("campaign", "name"), "fp": ("campaign", "name"),
    "utmTerm": ("campaign", "term"),
    "utmContent": ("campaign", "content"),
}  # fmt: skip
"""Where a person came from, which a standard event may say: the part of the context, and the field in it."""

CONTENT_TYPES = {0: "other", 1: "image", 2: "audio", 3: "video", 4: "text"}
