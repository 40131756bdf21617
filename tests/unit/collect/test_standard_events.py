"""What formats have standard events for has one name and one set of property ids, whoever sends it: the catalogues'."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

from functions.collect import protocols
from functions.collect.adapter.item_counts import pieces, with_count
from functions.collect.protocols.clevertap import standard_events as clevertap
from functions.collect.protocols.ga4 import standard_events as ga4
from functions.collect.protocols.mparticle import commerce, event_types
from functions.collect.protocols.netmera import standard_events as netmera
from functions.collect.protocols.pinpoint import standard_events as pinpoint
from functions.collect.protocols.snowplow import parameters
from functions.collect.protocols.snowplow import standard_events as snowplow
from functions.collect.protocols.user_com import product_events as user_com
from shared.authoring.catalogues import catalogue, events
from shared.authoring.compiling import compile_folder
from shared.authoring.files.models.plan import CatalogueName
from tests.fakes.collect_stage import LENIENT, Stage, basic

SHOP = Path(__file__).parents[3] / "examples" / "shop"

PURCHASE = "Complete Purchase"
CHECKOUT = "Start Checkout"
ITEM = "View Item"


def _defined() -> dict[str, set[str]]:
    """Property ids by event: of every catalogue, and of the sample shop, whose own events are somebody's words too."""
    found: dict[str, set[str]] = {}
    for name in get_args(CatalogueName):
        for event_id, event in events(catalogue(name)).items():
            found.setdefault(event_id, set()).update(event.properties)
    workspace = compile_folder(SHOP).workspace
    assert workspace is not None
    for definition in workspace.events:
        found.setdefault(definition.id, set()).update(definition.properties)
    return found


DEFINED = _defined()

BEYOND: dict[str, set[str]] = {
    # Of items, lists and orders, in words that the catalogues have for the same thing elsewhere.
    "Remove From Wish List": DEFINED[ITEM],
    "Click Item": DEFINED[ITEM],
    "Comment Item": DEFINED[ITEM],
    "In-App Purchase": DEFINED[ITEM],
    "Like Item": DEFINED[ITEM],
    "Order Item": DEFINED[ITEM],
    "Refund Item": DEFINED[ITEM],
    "Reserve Item": DEFINED[ITEM],
    "Return Item": DEFINED[ITEM],
    "View Item Details": DEFINED[ITEM],
    "Rate Item": DEFINED[ITEM] | DEFINED["Rate Item"],
    "Click Promotion": DEFINED["View Promotion"],
    "Choose Checkout Option": DEFINED[ITEM],
    "View Cart": DEFINED[CHECKOUT],
    "Cancel Order": DEFINED[PURCHASE],
    "Refund Purchase": DEFINED[PURCHASE],
    "transaction_item": DEFINED[ITEM] | {"order_id"},
    # Of contents, in the words of the media catalogue.
    "View Content": DEFINED["Share"] | {"category", "rating"},
    "Rate Content": DEFINED["Share"] | {"category", "rating"},
    "Comment Content": DEFINED["Share"] | {"category", "rating"},
    # With no sibling anywhere.
    "Click Banner": {"banner_id"},
    "Battery Level": {"level"},
    "Commerce Event": set(),
    "page_ping": {"pp_xoffset_min", "pp_xoffset_max", "pp_yoffset_min", "pp_yoffset_max"},
}
"""Names that formats' own codes and words need and no catalogue has. A team defines in its plan what it receives."""

OF_APPS = {
    "App Backgrounded", "App Closed", "App Crashed", "App Foregrounded", "App Installed", "App Launched",
    "App State Changed", "App Uninstalled", "Breadcrumb", "Logout", "Network Performance", "Pre-Attribution",
    "Profile Changed", "Profile Deleted", "Profile Updated", "Push Message", "Push Opened", "Push Reaction",
    "Push Received", "Push Sent", "Session End", "Session Start",
}  # fmt: skip
"""What mParticle's types are called that are of an app and of no shop; their fields keep their names."""

ONLY_NETMERA = {
    "brand_id", "campaign_id", "cart_total", "category_ids", "content", "keywords", "product_count", "provider",
    "subtotal", "user_id",
}  # fmt: skip
"""What Netmera's SDKs write as two letters and no catalogue has: it needs a name all the same."""


class Words(NamedTuple):
    """What one table makes: the events, and the property ids it gives them."""

    events: Set[str]
    ids: Set[str]


def _ids(table: Mapping[str, str]) -> set[str]:
    return set(table.values())


def _of_netmera() -> list[Words]:
    said = [
        Words({standard.name}, _ids(standard.attributes) - ONLY_NETMERA)
        for standard in netmera.CODES.values()
        if standard.type == "track"
    ]
    return [*said, Words({ITEM}, _ids(netmera.LINE_ITEM) - ONLY_NETMERA)]


TABLES: dict[str, list[Words]] = {
    "clevertap": [
        Words({clevertap.PURCHASE}, _ids(clevertap.PURCHASE_PROPERTIES)),
        Words({ITEM}, _ids(clevertap.ITEM_PROPERTIES)),
    ],
    "cloudevents": [],
    "ga4": [
        Words(_ids(ga4.NAMES), set()),
        *(Words({name}, _ids(table)) for name, table in ga4.PARAMETERS.items()),
        Words({ITEM, *ga4.ONE_ITEM}, _ids(ga4.OF_ITEMS)),
        Words(ga4.ORDERS, {"items", "item_count"}),
        Words({"View Category"}, {"items_shown"}),
    ],
    "infobip": [],
    "mparticle": [
        Words(_ids(commerce.ACTIONS) | _ids(commerce.PROMOTIONS) | {commerce.IMPRESSION, commerce.OTHER}, set()),
        *(
            Words({name}, _ids(table) | {"currency", "items", "item_count"})
            for name, table in commerce.ACTION_PROPERTIES.items()
        ),
        Words(commerce.OF_ONE_ITEM | {ITEM}, _ids(commerce.ITEM_PROPERTIES) | {"currency"}),
        Words(_ids(commerce.PROMOTIONS), _ids(commerce.PROMOTION_PROPERTIES)),
        Words({commerce.IMPRESSION}, {"category", "items_shown"}),
        Words(_ids(event_types.TRACKS).union(*(_ids(one.names) for one in event_types.FINER.values())), set()),
    ],
    "netmera": _of_netmera(),
    "pinpoint": [
        Words({PURCHASE}, _ids(pinpoint.PURCHASE_PROPERTIES) | {"amount", "items"}),
        Words({ITEM}, _ids(pinpoint.ITEM_PROPERTIES)),
    ],
    "posthog": [],
    "snowplow": [
        *(Words({name}, _ids(table)) for name, table in snowplow.EVENTS.values()),
        Words(_ids(snowplow.ACTIONS), set()),
        Words({ITEM, *snowplow.OF_ONE_ITEM}, _ids(snowplow.PRODUCT)),
        Words({PURCHASE}, _ids(snowplow.TRANSACTION)),
        Words({CHECKOUT}, _ids(snowplow.CART) | _ids(snowplow.CHECKOUT) | {"items", "item_count"}),
        Words({"View Promotion"}, _ids(snowplow.PROMOTION)),
        Words({"View Category"}, {"category", "items_shown"}),
        *(Words({name}, _ids(table) - {"affiliation"}) for name, table in parameters.KINDS.values()),
    ],
    "twilio_segment": [],
    "user_com": [
        Words(_ids(user_com.NAMES), set()),
        Words(_ids(user_com.NAMES) - {user_com.PURCHASE, CHECKOUT, "Click Promotion"}, _ids(user_com.ITEM)),
        Words({user_com.PURCHASE}, {"items", "item_count", "amount"}),
    ],
}  # fmt: skip
"""By protocol. Formats without a list here leave names and properties to whoever sends."""


def test_every_protocol_is_told_of() -> None:
    assert set(TABLES) == set(protocols.NAMES)


@pytest.mark.parametrize("protocol", TABLES)
def test_a_protocols_tables_make_names_and_properties_of_the_catalogues(protocol: str) -> None:
    known = DEFINED | BEYOND | {name: set[str]() for name in OF_APPS}
    for words in TABLES[protocol]:
        for name in words.events:
            assert name in known, f"{protocol} makes {name}, which no catalogue has"
            assert words.ids <= known[name], f"{protocol}'s {name} has {words.ids - known[name]}"


def test_no_catalogue_has_what_is_beyond_them() -> None:
    """Once one has such an event, its properties are the catalogue's to say."""
    catalogued = {one for name in get_args(CatalogueName) for one in events(catalogue(name))}
    assert not catalogued & (set(BEYOND) | OF_APPS)


def test_nothing_is_excused_that_no_table_makes() -> None:
    made = {name for tables in TABLES.values() for words in tables for name in words.events}
    assert (set(BEYOND) | OF_APPS) <= made


KETTLE = {"item_id": "K1", "name": "Kettle", "price": "39.5", "quantity": "2"}
"""As a source keeps it whose plan does not have the event: what is not predefined is text."""

ECOMMERCE = "iglu:com.snowplowanalytics.snowplow.ecommerce"
SNOWPLOW = "iglu:com.snowplowanalytics.snowplow"

TOLD = {
    "Add To Cart": ("add_to_cart", "add_to_cart", "AddToCartEvent", "add_to_cart", "add to cart"),
    "Remove From Cart": (
        "remove_from_cart", "remove_from_cart", "RemoveFromCartEvent", "remove_from_cart", "remove",
    ),
    ITEM: ("view_item", "view_detail", "ProductViewEvent", "product_view", "view"),
}  # fmt: skip
"""What GA4, mParticle, Netmera, Snowplow and User.com call it."""


def _sent(stage: Stage, protocol: str, called: str) -> None:
    """One kettle, twice, in the format's own words."""
    person, auth = "cust-77", {"authorization": basic(f"{LENIENT}:secret")}
    match protocol:
        case "ga4":
            item = {"item_id": "K1", "item_name": "Kettle", "price": 39.5, "quantity": 2}
            event: Any = {"name": called, "params": {"currency": "EUR", "items": [item]}}
            body: Any = {"client_id": "1.2", "user_id": person, "events": [event]}
            stage.request("POST", "/mp/collect", body, query=f"measurement_id=G&api_secret={LENIENT}")
        case "mparticle":
            item = {"id": "K1", "name": "Kettle", "price": 39.5, "quantity": 2}
            data = {"product_action": {"action": called, "products": [item]}, "currency_code": "EUR"}
            event = {"event_type": "commerce_event", "data": data}
            body = {"environment": "production", "user_identities": {"customerid": person}, "events": [event]}
            stage.request("POST", "/v2/events", body, auth)
        case "netmera":
            event = {"extId": person, "name": called, "productId": "K1", "productName": "Kettle"}
            event |= {"price": 39.5, "count": 2, "currency": "EUR"}
            stage.request("POST", "/rest/3.0/fireEvents", [event], {"x-netmera-api-key": LENIENT})
        case "snowplow":
            item = {"id": "K1", "name": "Kettle", "price": 39.5, "quantity": 2, "currency": "EUR"}
            action = {
                "schema": f"{ECOMMERCE}/snowplow_ecommerce_action/jsonschema/1-0-2",
                "data": {"type": called},
            }
            products = [{"schema": f"{ECOMMERCE}/product/jsonschema/1-0-0", "data": item}]
            event = {
                "e": "ue", "aid": LENIENT, "uid": person,
                "ue_pr": {"schema": f"{SNOWPLOW}/unstruct_event/jsonschema/1-0-0", "data": action},
                "co": {"schema": f"{SNOWPLOW}/contexts/jsonschema/1-0-0", "data": products},
            }  # fmt: skip
            stage.request("POST", "/com.snowplowanalytics.snowplow/tp2", {"data": [event]})
        case "user_com":
            item = {"custom_id": "K1", "name": "Kettle", "price": 39.5, "quantity": 2, "currency": "EUR"}
            body = {"user_custom_id": person, "event_type": called, "data": item}
            stage.request(
                "POST", "/api/public/products/7/product_event", body, {"authorization": f"Token {LENIENT}"}
            )


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize(
    ("protocol", "at"), [("ga4", 0), ("mparticle", 1), ("netmera", 2), ("snowplow", 3), ("user_com", 4)]
)
def test_what_happens_to_one_item_has_the_same_properties_whoever_sends_it(
    stage: Stage, protocol: str, at: int, name: str
) -> None:
    _sent(stage, protocol, TOLD[name][at])
    [event] = stage.events
    assert (event.name, event.user_id) == (name, "cust-77")
    own = {key: value for key, value in event.properties.items() if key != "items"}  # GA4's list stays
    assert own == {**KETTLE, "currency": "EUR"}


@pytest.mark.parametrize(
    ("items", "count"),
    [
        ([{"quantity": 2}, {"item_id": "K1"}], 3),
        ([{"quantity": "2"}, {"quantity": 1.0}], 3),
        ([{"quantity": 0.5}], None),
        ([{"quantity": True}], None),
        ([{"quantity": "many"}], None),
        ([{"quantity": "9" * 5000}], None),
        ([{"quantity": float("nan")}, {"quantity": float("inf")}], None),
        (["K1"], None),
        ([], None),
        ("K1", None),
        (None, None),
    ],
)
def test_an_orders_pieces_are_counted_where_every_item_says_how_many(
    items: object, count: int | None
) -> None:
    assert pieces(items) == count
    assert with_count({"items": items}).get("item_count") == count


def test_the_senders_own_count_stays() -> None:
    assert with_count({"items": [{"quantity": 2}], "item_count": "5"})["item_count"] == "5"
