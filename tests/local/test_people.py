"""Who is who on the deployed stack: visitors who become known, shared devices, and what a browser may not do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.local.shop import Shop, counted, eventually, identify, track

pytestmark = pytest.mark.local


def test_what_a_visitor_did_belongs_to_the_person_they_become(shop: Shop) -> None:
    for number in range(3):
        shop.accept(
            {"type": "track", "anonymousId": "visitor-1", "event": "View Item", "messageId": f"v{number}"}
        )
    shop.accept(identify("known-1", anonymous="visitor-1"))
    shop.accept({"type": "track", "anonymousId": "visitor-1", "event": "View Item", "messageId": "v3"})

    eventually(lambda: shop.person("known-1"), lambda person: counted(person, "View Item") == 4)

    assert shop.headrace("profile", "visitor-1")["key"] == shop.headrace("profile", "known-1")["key"]
    names = [event["name"] for event in shop.headrace("timeline", "known-1")]
    assert names.count("View Item") == 4


def test_a_second_login_on_one_device_stays_another_person(shop: Shop) -> None:
    shop.accept(identify("first-owner", anonymous="shared-device", first_name="Ann"))
    eventually(lambda: shop.person("shared-device"), lambda person: person.get("key") == "user:first-owner")
    shop.accept(identify("second-owner", anonymous="shared-device", first_name="Bob"))
    eventually(lambda: shop.person("second-owner"), lambda person: counted(person, "identify") == 1)

    assert shop.person("first-owner")["traits"] == {"first_name": "Ann"}
    assert shop.person("second-owner")["traits"] == {"first_name": "Bob"}
    assert shop.person("shared-device")["key"] == "user:first-owner"


def test_a_browser_may_not_join_known_people_without_both_hashes(shop: Shop) -> None:
    shop.accept(track("victim", "Login"), track("villain", "Login"))
    eventually(lambda: shop.person("victim"), bool)
    eventually(lambda: shop.person("villain"), bool)
    alias = {"type": "alias", "userId": "villain", "previousId": "victim"}

    shop.accept(alias, source="browser")
    half = {"user_hash": shop.user_hash("browser", "villain"), "previous_user_hash": "0" * 64}
    shop.accept({**alias, "context": half}, source="browser")
    refused = eventually(lambda: shop.rejected("villain"), lambda found: len(found) == 2)
    assert {reason["code"] for event in refused for reason in event["reasons"]} == {"not_trusted"}
    assert shop.person("victim")["key"] == "user:victim"

    both = {
        "user_hash": shop.user_hash("browser", "villain"),
        "previous_user_hash": shop.user_hash("browser", "victim"),
    }
    shop.accept({**alias, "context": both}, source="browser")
    person = eventually(lambda: shop.person("villain"), lambda person: counted(person, "Login") == 2)
    assert shop.person("victim")["key"] == person["key"]
    assert [event["name"] for event in shop.headrace("timeline", "victim")].count("Login") == 2


def test_a_browser_may_set_an_address_but_change_it_only_with_a_hash(shop: Shop) -> None:
    email: Callable[[], object] = lambda: shop.person("page-user").get("traits", {}).get("email")  # noqa: E731
    shop.accept(identify("page-user", email="first@example.com"), source="browser")
    eventually(email, lambda value: value == "first@example.com")

    changed = identify("page-user", email="second@example.com")
    shop.accept(changed, source="browser")
    (refused,) = eventually(lambda: shop.rejected("page-user"), bool)
    assert [(reason["code"], reason["field"]) for reason in refused["reasons"]] == [
        ("not_trusted", "traits.email")
    ]
    assert refused["id"] in {event["id"] for event in shop.headrace("rejected", "list")}
    assert email() == "first@example.com"

    proof = {"user_hash": shop.user_hash("browser", "page-user")}
    shop.accept({**changed, "context": proof}, source="browser")
    eventually(email, lambda value: value == "second@example.com")
