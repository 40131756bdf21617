"""Netmera's and User.com's APIs on the deployed stack. Neither has a client that can be pointed here: plain HTTP."""

from __future__ import annotations

import http.client
import time
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from tests.local.shop import PATIENCE_LAKE, Answer, Shop, counted, eventually

pytestmark = pytest.mark.local

ROW = "name, protocol, type, revenue, device_model, element_at(properties, 'item_id')"


def ask(shop: Shop, method: str, path: str, body: object, **headers: str) -> Answer:
    """A body of None is none."""
    connection = http.client.HTTPConnection(urlsplit(shop.local["collect_url"]).netloc, timeout=30)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, None if body is None else orjson.dumps(body), sent)
        answer = connection.getresponse()
        said = answer.read()
        return Answer(answer.status, dict(answer.getheaders()), orjson.loads(said) if said else {})
    finally:
        connection.close()


def netmera(shop: Shop, call: str, body: object = None, *, source: str = "strict") -> Answer:
    key = shop.local["write_keys"][source]
    return ask(shop, "GET" if body is None else "POST", f"/rest/3.0/{call}", body, X_netmera_api_key=key)


def user_com(shop: Shop, method: str, path: str, body: object = None, *, source: str = "lenient") -> Answer:
    token = f"Token {shop.local['write_keys'][source]}"
    return ask(shop, method, path, body, Authorization=token, Accept="*/*; version=2")


def rows(shop: Shop, user: str, number: int) -> dict[str, tuple[Any, ...]]:
    """The lake's rows of a user by the event's name, when there are so many."""
    sql = f"select {ROW} from events where user_id = '{user}'"
    found = eventually(lambda: shop.rows(sql), lambda seen: len(seen) >= number, PATIENCE_LAKE)
    return {row[0]: row[1:] for row in found}


def test_a_netmera_client_becomes_a_person_with_a_timeline_and_rows(shop: Shop) -> None:
    purchase = {
        "extId": "netmera-1", "name": "PurchaseEvent", "grandTotal": 39.5, "itemCount": 1, "currency": "EUR",
        "lineItems": [{"id": "K1", "name": "Kettle", "price": 39.5, "count": 1}],
    }  # fmt: skip
    viewed = {"extId": "netmera-1", "name": "n:vp", "ea": "K1", "eb": "Kettle", "eq": 39.5, "mdl": "T782H"}
    registered = {
        "extId": "netmera-1",
        "deviceToken": "netmera-token",
        "platform": "ANDROID",
        "tags": ["Tea"],
    }
    for call, body in (
        ("registerUsers", [registered]),
        ("setProfileAttributes", [{"extId": "netmera-1", "profile": {"name": "Ada", "surname": "Byron"}}]),
        ("enablePush", {"extId": "netmera-1"}),
        ("fireEvents", [viewed, purchase]),
    ):
        assert (netmera(shop, call, body).status, call) == (200, call)

    person = eventually(
        lambda: shop.person("netmera-1"), lambda seen: counted(seen, "Complete Purchase") == 1
    )
    assert person["traits"] == {"first_name": "Ada", "last_name": "Byron", "tags": ["Tea"]}
    assert person["consents"] == {"push": True}
    assert {"user:netmera-1", "device:netmera-token"} <= set(person["identities"])
    timeline: list[dict[str, Any]] = shop.headrace("timeline", "netmera-1")
    assert {"View Item", "Complete Purchase"} <= {event["name"] for event in timeline}
    profile = netmera(shop, "getProfileAttributes?extId=netmera-1").body["profile"]
    assert (profile["name"], profile["surname"]) == ("Ada", "Byron")
    [device] = netmera(shop, "getDevices?extId=netmera-1&pushPermitted=true").body["devices"]
    assert (device["platform"], device["token"]) == ("ANDROID", "netmera-token")
    found = rows(shop, "netmera-1", 5)
    assert found["Complete Purchase"][:3] == ("netmera", "track", 39.5)
    assert found["View Item"] == ("netmera", "track", None, "T782H", "K1")


def test_what_netmera_refuses_is_kept(shop: Shop) -> None:
    answer = netmera(shop, "fireEvents", [{"extId": "netmera-2", "name": "Mystery"}])
    assert (answer.status, answer.body["code"]) == (400, 5028)
    [kept] = eventually(lambda: shop.rejected("netmera-2"), bool)
    assert kept["reasons"][0]["code"] == "unknown_event"


def test_a_user_com_client_becomes_a_person_with_a_timeline_and_rows(shop: Shop) -> None:
    created = user_com(shop, "POST", "/api/public/users/", {"custom_id": "usercom-1", "first_name": "Grace"})
    number = created.body["id"]
    path = "/api/public/users-by-id/usercom-1"
    eventually(lambda: user_com(shop, "GET", f"{path}/"), lambda answer: answer.status == 200)
    event = {"name": "order_paid", "timestamp": int(time.time()), "data": {"price": 39.5, "express": True}}
    purchase = {
        "user_id": number,
        "event_type": "purchase",
        "data": {"price": 39.5, "quantity": 2, "currency": "EUR"},
    }
    viewed = {
        "user_custom_id": "usercom-1",
        "user_id": number,
        "event_type": "view",
        "data": {"name": "Kettle"},
    }
    for call, body in (
        (f"{path}/events/", event),
        (f"{path}/events/", event),
        ("/api/public/products-by-id/K1/product_event/", viewed),
        ("/api/public/products-by-id/K1/product_event/", purchase),
        (f"/api/public/users/{number}/set_attribute/", {"attribute": "last_name", "value": "Hopper"}),
    ):
        assert (user_com(shop, "POST", call, body).status, call) == (200, call)

    def is_complete(seen: dict[str, Any]) -> bool:
        names = ("order_paid", "View Item", "Complete Purchase")
        return all(counted(seen, name) for name in names) and seen["traits"].get("last_name") == "Hopper"

    person = eventually(lambda: shop.person("usercom-1"), is_complete)
    assert counted(person, "order_paid") == 1  # the same time and data: sent again
    assert {"user:usercom-1", f"user_com:{number}"} <= set(person["identities"])
    timeline: list[dict[str, Any]] = shop.headrace("timeline", "usercom-1")
    paid = next(one for one in timeline if one["name"] == "order_paid")
    assert paid["properties"] == {"price": "39.5", "express": "true"}
    user = user_com(shop, "GET", f"/api/public/users/{number}/").body
    assert (user["id"], user["custom_id"], user["name"]) == (number, "usercom-1", "Grace Hopper")
    found = rows(shop, "usercom-1", 3)
    assert found["View Item"] == ("user_com", "track", None, None, "K1")
    sql = f"select revenue from events where person = '{person['key']}' and name = 'Complete Purchase'"
    assert eventually(lambda: shop.rows(sql), bool, PATIENCE_LAKE) == [(79.0,)]


def test_an_app_of_user_com_is_a_visitor_who_logs_in(shop: Shop) -> None:
    def app(call: str, body: object, key: str = "") -> Answer:
        token = f"Token {shop.local['write_keys']['browser']}"
        return ask(shop, "POST", f"/api/sdk/v1/{call}/", body, Authorization=token, X_User_Key=key)

    device = {"os_type": "Android", "sdk": "33", "model": "Pixel 7", "fcm_key": "usercom-token"}
    key = app("ping", {"customer": {"userKey": ""}, "device": device}).body["user"]["key"]
    app("screen_event", {"event": "ScreenEvent", "data": {"event": "opened", "screen_name": "Home"}}, key)
    app("ping", {"customer": {"userKey": key, "user_id": "usercom-2"}, "device": device}, key)

    person = eventually(lambda: shop.person("usercom-2"), lambda seen: counted(seen, "screen") == 1)
    assert {"user:usercom-2", f"anonymous:{key}"} <= set(person["identities"])
    assert [one["token"] for one in person["devices"]] == ["usercom-token"]
