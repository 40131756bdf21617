"""CleverTap's own clients, unmodified: what they send becomes one person, with a timeline and rows in the lake."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.clevertap_clients import by_npm, shop_page
from tests.local.shop import Shop, counted, eventually

pytestmark = pytest.mark.local


def rows(shop: Shop, person: str, count: int) -> list[tuple[Any, ...]]:
    """Name, revenue and protocol of the person's events in the lake, by name."""
    sql = f"select name, revenue, protocol from events where person = 'user:{person}' and type <> 'system' order by 1"
    return eventually(lambda: shop.rows(sql), lambda found: len(found) >= count, 120)


def test_the_npm_client_uploads_a_person(shop: Shop) -> None:
    url, key = shop.local["collect_url"], shop.local["write_keys"]["lenient"]
    answers = by_npm("upload", url, key, "ct-npm")
    assert answers["right"] == {"status": "success", "processed": 3, "unprocessed": []}
    assert [one["code"] for one in answers["wrong"]["unprocessed"]] == [509]

    person = eventually(lambda: shop.person("ct-npm"), lambda person: counted(person, "View Item") == 2)
    assert {name: person["traits"][name] for name in ("name", "email", "Points", "Renewal")} == {
        "name": "Ana Lima", "email": "ct-npm@example.test", "Points": 3, "Renewal": "2026-12-01T00:00:00Z",
    }  # fmt: skip
    assert person["consents"] == {"email": True, "sms": False}
    assert {"user:ct-npm", "email:ct-npm@example.test"} <= set(person["identities"])

    timeline: list[dict[str, Any]] = shop.headrace("timeline", "ct-npm")
    purchase = next(event for event in timeline if event["name"] == "Complete Purchase")
    assert purchase["properties"]["order_id"] == "ct-npm-order"
    assert purchase["properties"]["amount"] == 39.5

    asked = by_npm("profile", url, key, "ct-npm")
    assert asked["record"]["profileData"]["Name"] == "Ana Lima"
    assert asked["record"]["events"]["View Item"]["count"] == 2

    found = rows(shop, "ct-npm", 4)
    assert [row[0] for row in found] == ["Complete Purchase", "View Item", "View Item", "identify"]
    assert found[0][1:] == (39.5, "clevertap")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("config", "user"),
    [({}, "ct-script"), ({"enableFetchApi": True}, "ct-fetch")],
    ids=["script", "fetch"],
)
def test_the_web_sdk_follows_a_visitor_to_the_purchase(shop: Shop, config: dict[str, Any], user: str) -> None:
    with shop_page(shop.local["collect_url"]) as page:
        page.visit(shop.local["write_keys"]["browser"], **config)
        page.wait(lambda: page.guid() != "")
        page.push("event", "View Item", {"item_id": "K1"})
        page.wait(lambda: len(page.statuses) >= 3)
        page.push("onUserLogin", {"Site": {"Identity": user, "Name": "Ana Lima", "MSG-email": True}})
        page.wait(lambda: len(page.statuses) >= 4)
        page.push(
            "event", "Charged",
            {"Amount": 39.5, "Currency": "EUR", "Charged ID": f"{user}-order", "Items": [{"Name": "Kettle"}]},
        )  # fmt: skip
        page.wait(lambda: len(page.statuses) >= 5)
        guid = page.guid()
        assert set(page.statuses) == {200}

    names = ("page", "View Item", "identify", "Complete Purchase")
    person = eventually(
        lambda: shop.person(user), lambda person: all(counted(person, name) for name in names)
    )
    assert {name: counted(person, name) for name in names} == dict.fromkeys(names, 1)
    assert {f"user:{user}", f"anonymous:{guid}"} <= set(person["identities"])
    assert person["traits"]["name"] == "Ana Lima"
    assert person["consents"] == {"email": True}
    assert person["utm"] == {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "spring"}
    timeline: list[dict[str, Any]] = shop.headrace("timeline", user)
    assert set(names) <= {event["name"] for event in timeline}

    sql = f"select revenue, currency, protocol from events where name = 'Complete Purchase' and anonymous_id = '{guid}'"
    [row] = eventually(lambda: shop.rows(sql), lambda found: len(found) >= 1, 120)
    assert row == (39.5, "EUR", "clevertap")
