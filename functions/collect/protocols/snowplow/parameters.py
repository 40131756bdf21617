"""The parameters of an event that are read, by what they say. Any other is kept in `context.snowplow` as it came.

https://docs.snowplow.io/docs/events/going-deeper/event-parameters/
"""

from __future__ import annotations

READ = frozenset(
    {
        "aid", "co", "cx", "dtm", "duid", "e", "eid", "ip", "lang", "page", "refr", "sid", "stm", "ttm", "tv",
        "tz", "ua", "ue_pr", "ue_px", "uid", "url",
    }
)  # fmt: skip
"""Read by name in `reading` and `context`."""

STRUCTURED = {
    "se_ca": "category", "se_ac": "action", "se_la": "label", "se_pr": "property", "se_va": "value",
}  # fmt: skip

PAGE_PING = {
    "pp_mix": "pp_xoffset_min", "pp_max": "pp_xoffset_max", "pp_miy": "pp_yoffset_min", "pp_may": "pp_yoffset_max",
}  # fmt: skip
"""To the names they have in Snowplow's own table of events."""

TRANSACTION = {
    "tr_id": "order_id",
    "tr_tt": "amount",
    "tr_cu": "currency",
    "tr_tx": "tax",
    "tr_sh": "shipping",
    "tr_af": "affiliation",
}

PLACE = {"tr_ci": "city", "tr_st": "region", "tr_co": "country"}
"""Where the customer of a transaction is: words of `context.location`."""

TRANSACTION_ITEM = {
    "ti_id": "order_id", "ti_sk": "item_id", "ti_nm": "name", "ti_ca": "category", "ti_pr": "price",
    "ti_qu": "quantity", "ti_cu": "currency",
}  # fmt: skip

KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "pp": ("page_ping", PAGE_PING),
    "tr": ("Complete Purchase", TRANSACTION),
    "ti": ("transaction_item", TRANSACTION_ITEM),
}
"""Kinds of events that have a name of their own, and their parameters. `pv`, `se` and `ue` are named otherwise."""

OF_A_KIND = frozenset({*STRUCTURED, *PAGE_PING, *TRANSACTION, *PLACE, *TRANSACTION_ITEM})

NUMBERS = frozenset({"se_va", *PAGE_PING, "tr_tt", "tr_tx", "tr_sh", "ti_pr", "ti_qu"})
"""Parameters that are numbers, which travel as text like all of them."""
