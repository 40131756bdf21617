"""mParticle's own clients, unmodified, and CleverTap's feed: profile, timeline and lake are what was sent."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from tests.local import mparticle_clients as clients
from tests.local.shop import PATIENCE_LAKE, Shop, counted, eventually

pytestmark = pytest.mark.local


def python_upload(shop: Shop, user: str) -> None:
    api = clients.python_api(shop.local["collect_url"], shop.local["write_keys"]["lenient"], "any secret")
    attributes = {"Hair Color": "brown"}
    _, status, _ = api.upload_events(
        clients.python_batch(user, clients.bought(f"ord-{user}"), user_attributes=attributes)
    )
    assert status == 202
    _, status, _ = api.bulk_upload_events([clients.python_batch(user, clients.opened("main"))])
    assert status == 202


def node_upload(shop: Shop, user: str) -> None:
    key = shop.local["write_keys"]["lenient"]
    assert clients.upload(shop.local["collect_url"], key, "any secret", user) == [202, 202]


@pytest.mark.parametrize(("send", "user"), [(python_upload, "mp-py"), (node_upload, "mp-node")])
def test_the_libraries_for_servers_arrive(shop: Shop, send: Any, user: str) -> None:
    send(shop, user)

    person = eventually(
        lambda: shop.person(user),
        lambda person: counted(person, "Menu Opened") == counted(person, "Complete Purchase") == 1,
    )
    assert person["key"] == f"user:{user}"
    assert person["traits"]["Hair Color"] == "brown"
    timeline: list[dict[str, Any]] = shop.headrace("timeline", user)
    [purchase] = [event for event in timeline if event["name"] == "Complete Purchase"]
    assert purchase["properties"]["order_id"] == f"ord-{user}"
    asked = (
        f"select name, revenue, currency, protocol from events where user_id = '{user}' and type = 'track'"
    )
    rows = eventually(lambda: shop.rows(asked), lambda rows: len(rows) >= 2, PATIENCE_LAKE)
    assert ("Complete Purchase", 39.5, "EUR", "mparticle") in rows
    assert ("Menu Opened", None, None, "mparticle") in rows


@pytest.mark.browser
def test_a_page_with_the_web_sdk_arrives_and_login_joins_the_visitor(shop: Shop) -> None:
    user = "mp-web"
    with clients.shop(shop.local["collect_url"]) as page:
        page.visit(shop.local["write_keys"]["browser"])
        visitor = page.mpid()
        page.run("() => mParticle.logPageView('Kettles')")
        page.run("() => mParticle.logEvent('Menu Opened', mParticle.EventType.Navigation, {menu: 'main'})")
        page.login(customerid=user, email=f"{user}@shop.example")
        page.run("() => mParticle.Identity.getCurrentUser().setUserAttribute('plan', 'gold')")
        page.run("() => mParticle.logEvent('Kettle Boiled', mParticle.EventType.Other)")
        page.wait(lambda: counted(shop.person(user), "Kettle Boiled") == 1)

    person = eventually(
        lambda: shop.person(user),
        lambda person: counted(person, "Menu Opened") == 1 and person["traits"].get("plan") == "gold",
    )
    assert person["traits"]["email"] == f"{user}@shop.example"
    assert person["key"] == f"user:{user}"
    assert shop.headrace("profile", f"mpid:{visitor}")["key"] == person["key"]
    names = [event["name"] for event in shop.headrace("timeline", user)]
    assert names.count("Kettle Boiled") == names.count("page") == 1
    asked = f"select name, device_type, library_version from events where person = 'user:{user}'"
    rows = eventually(
        lambda: shop.rows(asked), lambda rows: "Kettle Boiled" in {row[0] for row in rows}, PATIENCE_LAKE
    )
    assert ("Kettle Boiled", "web", "2.68.0") in rows


def test_an_export_of_clevertap_arrives(shop: Shop) -> None:
    user = "ct-feed"
    document = {
        "environment": "production",
        "user_identities": {"customer_id": user, "email": f"{user}@shop.example"},
        "user_attributes": {"ct_name": "Ana", "ct_email_opt_in": "true", "ct_sms_opt_in": "false"},
        "events": [
            {"event_type": "custom_event", "data": {
                "event_name": "UTM Visited", "custom_event_type": "navigation", "timestamp_unixtime_ms": clients.now(),
                "custom_attributes": {"utm_source": "mail", "CT App Version": "4.2", "CT Session Id": 17},
            }},
            {"event_type": "custom_event", "data": {
                "event_name": "Notification Clicked", "custom_event_type": "attribution",
                "timestamp_unixtime_ms": clients.now(), "custom_attributes": {"Campaign id": 1650},
            }},
        ],
    }  # fmt: skip
    key = base64.b64encode(f"{shop.local['write_keys']['lenient']}:any".encode()).decode()
    status = clients.post(shop.local["collect_url"], "/v2/events", orjson.dumps(document), f"Basic {key}")
    assert status == 202

    person = eventually(
        lambda: shop.person(user), lambda person: counted(person, "Notification Clicked") == 1
    )
    assert counted(person, "UTM Visited") == 1
    assert person["traits"] == {"name": "Ana", "email": f"{user}@shop.example"}
    assert person["consents"] == {"email": True, "sms": False}
    asked = f"select name, app_version, session_id, campaign_source from events where user_id = '{user}'"
    rows = eventually(lambda: shop.rows(asked), lambda rows: len(rows) >= 3, PATIENCE_LAKE)
    assert ("UTM Visited", "4.2", "17", "mail") in rows
