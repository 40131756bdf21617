"""What a visit to a page of `pages/` must have become, whatever SDK the page carries: two people and four events."""

from __future__ import annotations

from typing import Any

from tests.local.browsing import ADDRESS, Visit
from tests.local.shop import PATIENCE_LAKE, Shop, counted, eventually

DONE = ("page", "identify", "Complete Purchase")
"""By the visitor who becomes known; whoever comes next sees an item."""

BY_POSTHOG = ("$", "utm_")
"""Traits that its SDK sets once, of where the person first came from."""


def assert_people(shop: Shop, visit: Visit, user: str) -> None:
    """Profiles and timeline."""
    person = eventually(lambda: shop.person(user), lambda person: all(counted(person, name) for name in DONE))
    assert {f"user:{user}", f"anonymous:{visit.visitor}"} <= set(person["identities"])
    assert person["key"] == f"user:{user}"
    assert {name: counted(person, name) for name in (*DONE, "View Item")} == {
        "page": 1, "identify": 1, "Complete Purchase": 1, "View Item": 0,
    }  # fmt: skip
    said = {name: value for name, value in person["traits"].items() if not name.startswith(BY_POSTHOG)}
    assert said == {"first_name": "Ana", "email": f"{user}@shop.example"}
    assert person["consents"] == {"email": True}
    assert person["utm"] == {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "spring"}

    timeline: list[dict[str, Any]] = shop.headrace("timeline", user)
    events = [event for event in timeline if event["type"] != "system"]
    assert sorted((event["type"], event["name"]) for event in events) == [
        ("identify", "identify"), ("page", "page"), ("track", "Complete Purchase"),
    ]  # fmt: skip
    [purchase] = [event for event in events if event["type"] == "track"]
    assert purchase["properties"] == {"amount": 39.5, "currency": "EUR", "order_id": f"{user}-order"}

    stranger = eventually(
        lambda: shop.person(visit.next_visitor), lambda person: counted(person, "View Item") == 1
    )
    assert (stranger["key"], stranger["traits"]) == (f"anonymous:{visit.next_visitor}", {})


def assert_rows(shop: Shop, visit: Visit, user: str, protocol: str, library: str) -> None:
    """Each event is in the lake once; `library` is what the SDK calls itself."""
    sql = f"""
        select name, type, user_id, anonymous_id, revenue, currency, element_at(properties, 'price'),
            source, protocol, library_name, page_url
        from events where anonymous_id in ('{visit.visitor}', '{visit.next_visitor}') and type <> 'system' order by name
    """
    said = ("browser", protocol, library, ADDRESS)
    assert eventually(lambda: shop.rows(sql), lambda rows: len(rows) >= len(DONE) + 1, PATIENCE_LAKE) == [
        ("Complete Purchase", "track", user, visit.visitor, 39.5, "EUR", None, *said),
        ("View Item", "track", None, visit.next_visitor, None, None, "39.5", *said),
        ("identify", "identify", user, visit.visitor, None, None, None, *said),
        ("page", "page", None, visit.visitor, None, None, None, *said),
    ]
