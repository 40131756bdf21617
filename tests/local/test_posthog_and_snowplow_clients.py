"""PostHog's and Snowplow's own clients, unmodified: what they send becomes one person, with a timeline and rows in the
lake, and what they send again changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.faltering import faltering
from tests.local.posthog_and_snowplow_clients import (
    Send,
    SendCompressed,
    posthog_node,
    posthog_python,
    shop_page,
    snowplow_node,
    snowplow_python,
)
from tests.local.shop import Shop, counted, eventually

pytestmark = pytest.mark.local

EITHER_API = pytest.mark.api("http", "rest")
"""A REST API takes what PostHog's clients compress; for an HTTP API they are told not to, as their page says."""

POSTHOG: dict[str, SendCompressed] = {"ph-python": posthog_python, "ph-node": posthog_node}
SNOWPLOW = {
    "sp-python-post": snowplow_python("post"),
    "sp-python-get": snowplow_python("get"),
    "sp-node-post": snowplow_node("post"),
    "sp-node-get": snowplow_node("get"),
}
ALL_SENT = ("page", "Look Around", "look_around", "alias", "identify", "Complete Purchase")
EVENT_PATHS = ("/batch", "/com.snowplowanalytics.snowplow/tp2", "/i")


def purchase_in_lake(shop: Shop, user: str) -> list[tuple[Any, ...]]:
    """Every row of the person's purchase: what the view shows once, the table underneath may hold twice."""
    sql = f"select revenue, currency, protocol from events where user_id = '{user}' and name = 'Complete Purchase'"
    return eventually(lambda: shop.rows(sql), lambda found: len(found) >= 1, 120)


def purchase_in_timeline(shop: Shop, user: str) -> dict[str, Any]:
    timeline: list[dict[str, Any]] = shop.headrace("timeline", user)
    [purchase] = [event for event in timeline if event["name"] == "Complete Purchase"]
    properties: dict[str, Any] = purchase["properties"]
    return properties


@EITHER_API
@pytest.mark.parametrize(("user", "send"), POSTHOG.items(), ids=list(POSTHOG))
def test_what_posthogs_server_sdks_send_becomes_a_person(
    shop: Shop, api: str, user: str, send: SendCompressed
) -> None:
    send(shop.local["collect_url"], shop.local["write_keys"]["lenient"], user, api == "rest")

    names = ("Look Around", "identify", "Complete Purchase")
    person = eventually(
        lambda: shop.person(user), lambda person: all(counted(person, name) for name in names)
    )
    assert {name: counted(person, name) for name in names} == dict.fromkeys(names, 1)
    assert person["traits"]["email"] == f"{user}@example.test"
    assert {f"user:{user}", f"anonymous:{user}-visitor"} <= set(person["identities"])
    assert purchase_in_timeline(shop, user)["order_id"] == f"{user}-order"
    assert purchase_in_lake(shop, user) == [(39.5, "EUR", "posthog")]


@EITHER_API
@pytest.mark.browser
def test_what_posthog_js_sends_becomes_a_person(shop: Shop, api: str) -> None:
    user = "ph-js"
    with shop_page(shop.local["collect_url"], compressed=api == "rest") as page:
        page.visit(shop.local["write_keys"]["browser"])
        visitor = page.run("posthog.get_distinct_id()")
        page.run("posthog.capture('Look Around', { shelf: 3 })")
        page.run(f"posthog.identify('{user}', {{ first_name: 'Ana' }})")
        page.run(
            "posthog.capture('Complete Purchase', { amount: 39.5, currency: 'EUR', order_id: 'ph-js-order' })"
        )
        page.wait(lambda: len(page.answered) >= 3)
        assert set(page.answered) == {200}

    names = ("page", "Look Around", "identify", "Complete Purchase")
    person = eventually(
        lambda: shop.person(user), lambda person: all(counted(person, name) for name in names)
    )
    assert {name: counted(person, name) for name in names} == dict.fromkeys(names, 1)
    assert person["traits"]["first_name"] == "Ana"
    assert {f"user:{user}", f"anonymous:{visitor}"} <= set(person["identities"])
    assert person["utm"] == {"utm_source": "news", "utm_medium": "email", "utm_campaign": "autumn"}
    assert purchase_in_timeline(shop, user)["order_id"] == "ph-js-order"
    assert purchase_in_lake(shop, user) == [(39.5, "EUR", "posthog")]
    [page_row] = shop.rows(
        f"select page_path, library_name from events where name = 'page' and anonymous_id = '{visitor}'"
    )
    assert page_row == ("/kettles", "web")


@pytest.mark.parametrize(("user", "send"), SNOWPLOW.items(), ids=list(SNOWPLOW))
def test_what_snowplows_trackers_send_becomes_a_person(shop: Shop, user: str, send: Send) -> None:
    send(shop.local["collect_url"], shop.local["write_keys"]["lenient"], user)

    names = ("page", "look_around", "Complete Purchase")
    person = eventually(
        lambda: shop.person(user), lambda person: all(counted(person, name) for name in names)
    )
    assert {name: counted(person, name) for name in names} == dict.fromkeys(names, 1)
    assert {f"user:{user}", f"anonymous:{user}-visitor"} <= set(person["identities"])
    assert person["utm"] == {"utm_source": "news"}
    assert purchase_in_timeline(shop, user)["order_id"] == f"{user}-order"
    assert purchase_in_lake(shop, user) == [(39.5, "EUR", "snowplow")]


@pytest.mark.parametrize(("user", "send"), [(f"{user}-again", send) for user, send in SNOWPLOW.items()])
def test_what_snowplows_trackers_send_again_after_a_503_is_one_event(
    shop: Shop, user: str, send: Send
) -> None:
    assert_is_one_event(shop, user, send)


@EITHER_API
@pytest.mark.parametrize(("user", "send"), [(f"{user}-again", send) for user, send in POSTHOG.items()])
def test_what_posthogs_server_sdks_send_again_after_a_503_is_one_event(
    shop: Shop, api: str, user: str, send: SendCompressed
) -> None:
    assert_is_one_event(shop, user, lambda url, key, user: send(url, key, user, api == "rest"))


def assert_is_one_event(shop: Shop, user: str, send: Send) -> None:
    with faltering(shop.local["collect_url"], *EVENT_PATHS) as collector:
        send(collector.url, shop.local["write_keys"]["lenient"], user)
        assert collector.answered[0] == 503
        assert set(collector.answered[1:]) == {200}

    person = eventually(lambda: shop.person(user), lambda person: counted(person, "Complete Purchase") > 0)
    assert {name: counted(person, name) for name in ALL_SENT if counted(person, name) != 1} == {
        name: 0 for name in ALL_SENT if name not in person["counters"]
    }
    assert purchase_in_timeline(shop, user)["order_id"] == f"{user}-order"
    assert len(purchase_in_lake(shop, user)) == 1


@EITHER_API
@pytest.mark.browser
def test_what_posthog_js_sends_again_after_a_503_is_one_event(shop: Shop, api: str) -> None:
    user = "ph-js-again"
    with shop_page(shop.local["collect_url"], compressed=api == "rest", falters=True) as page:
        page.visit(shop.local["write_keys"]["browser"])
        page.wait(lambda: 200 in page.answered)
        page.run(f"posthog.identify('{user}')")
        page.run(
            "posthog.capture('Complete Purchase', { amount: 39.5, currency: 'EUR', order_id: 'ph-js-again-order' })"
        )
        page.wait(lambda: page.answered.count(200) >= 3)
        assert page.answered[0] == 503

    person = eventually(lambda: shop.person(user), lambda person: counted(person, "Complete Purchase") > 0)
    assert {name: counted(person, name) for name in ("page", "identify", "Complete Purchase")} == {
        "page": 1, "identify": 1, "Complete Purchase": 1,
    }  # fmt: skip
    assert len(purchase_in_lake(shop, user)) == 1
