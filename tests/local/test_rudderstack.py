"""RudderStack's own libraries, unmodified: for Python, and for browsers in pages of a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from rudderstack.analytics.client import Client  # type: ignore[import-untyped]

from tests.local.arrivals import assert_people, assert_rows
from tests.local.browsing import visiting
from tests.local.shop import PATIENCE_LAKE, Shop, counted, eventually

pytestmark = pytest.mark.local

LIBRARY = "RudderLabs JavaScript SDK"


@pytest.mark.parametrize(
    "gzip", [pytest.param(True, marks=pytest.mark.api("rest")), False], ids=["gzip", "plain"]
)
def test_the_python_library_arrives(shop: Shop, gzip: bool) -> None:
    user, failures = f"rudder-py-{gzip}".lower(), []
    visitor = f"{user}-visitor"
    client = Client(
        shop.local["write_keys"]["strict"],
        host=shop.local["collect_url"],
        gzip=gzip,
        max_retries=2,
        on_error=lambda error, _items: failures.append(error),
    )
    client.page(anonymous_id=visitor, name="Home", properties={"url": "https://shop.example/"})
    client.identify(user, {"first_name": "Grace", "consents": {"sms": False}}, anonymous_id=visitor)
    client.track(
        user, "Complete Purchase", {"amount": "39.50", "currency": "EUR", "order_id": f"{user}-order"}
    )
    client.screen(user, name="Cart")
    client.group(user, "navy", {"name": "Navy"})
    client.track(f"{user}-old", "Login")
    client.alias(f"{user}-old", user)
    client.flush()
    client.join()
    assert failures == []

    names = ("page", "identify", "Complete Purchase", "screen", "group", "Login", "alias")
    person = eventually(
        lambda: shop.person(user), lambda person: all(counted(person, name) for name in names)
    )
    assert {name: counted(person, name) for name in names} == dict.fromkeys(names, 1)
    assert {f"user:{user}", f"user:{user}-old", f"anonymous:{visitor}"} <= set(person["identities"])
    assert person["traits"] == {"first_name": "Grace"}
    assert person["consents"] == {"sms": False}

    timeline: list[dict[str, Any]] = shop.headrace("timeline", user)
    assert sorted(event["name"] for event in timeline if event["type"] != "system") == sorted(names)
    [purchase] = [event for event in timeline if event["name"] == "Complete Purchase"]
    assert purchase["properties"] == {"amount": 39.5, "currency": "EUR", "order_id": f"{user}-order"}

    sql = f"""
        select name, revenue, protocol, library_name, page_url from events
        where (user_id like '{user}%' or anonymous_id = '{visitor}') and type <> 'system' order by name
    """
    said = ("twilio_segment", "analytics-python")
    rows = eventually(lambda: shop.rows(sql), lambda rows: len(rows) >= len(names), PATIENCE_LAKE)
    assert rows == [
        (
            name,
            39.5 if name == "Complete Purchase" else None,
            *said,
            "https://shop.example/" if name == "page" else None,
        )
        for name in sorted(names)
    ]


@pytest.mark.browser
def test_a_visitor_of_a_page_with_the_browser_library(shop: Shop, browser: Browser) -> None:
    user, key = "web-rudder", shop.local["write_keys"]["browser"]
    with visiting(browser, "rudderstack", shop.local["collect_url"], key, user) as visit:
        assert_people(shop, visit, user)
        assert_rows(shop, visit, user, "twilio_segment", LIBRARY)
        visit.settle()

    assert visit.complaints == []
    assert {answer.status for answer in visit.answers if answer.method != "OPTIONS"} == {200}
    assert visit.paths("GET") == {"/sourceConfig/"}
    assert visit.paths("POST") == {"/v1/page", "/v1/identify", "/v1/track"}


@pytest.mark.browser
def test_what_waits_when_the_page_is_left_comes_by_beacon(shop: Shop, browser: Browser) -> None:
    user, key = "web-rudder-beacon", shop.local["write_keys"]["browser"]
    with visiting(browser, "rudderstack", shop.local["collect_url"], key, user, useBeacon=True) as visit:
        assert visit.paths("POST") == set()
        visit.leave()
        assert_people(shop, visit, user)
        assert_rows(shop, visit, user, "twilio_segment", LIBRARY)

    assert visit.complaints == []
