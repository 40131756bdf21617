"""CleverTap's own clients against the collect stage: what they send arrives, and what they are told they understand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.events import Event
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import BROWSER, LENIENT, Stage
from tests.local.clevertap_clients import ShopPage, by_npm, shop_page

ANA = {"Identity": "cust-77", "Email": "ana@example.test", "Phone": "+14155550123", "MSG-email": True}


@pytest.fixture
def server(stage: Stage) -> Iterator[CollectServer]:
    with serving(stage) as server:
        yield server


@pytest.fixture
def page(server: CollectServer) -> Iterator[ShopPage]:
    with shop_page(server.url) as page:
        yield page


def arrived(page: ShopPage, stage: Stage, count: int) -> list[Event]:
    page.wait(lambda: len(stage.events) >= count)
    return stage.events


def named(events: list[Event], name: str) -> Event:
    [found] = [event for event in events if event.name == name]
    return found


def test_the_npm_client_uploads_and_reads_the_answers(stage: Stage, server: CollectServer) -> None:
    answers = by_npm("upload", server.url, LENIENT, "npm-1")

    assert answers["right"] == {"status": "success", "processed": 3, "unprocessed": []}
    assert answers["wrong"]["status"] == "partial"
    assert [one["code"] for one in answers["wrong"]["unprocessed"]] == [509]
    assert {event.user_id for event in stage.events} == {"npm-1"}
    assert named(stage.events, "Complete Purchase").properties["paid_on"] == "2026-11-20"


def test_the_npm_client_asks_for_a_profile(server: CollectServer) -> None:
    assert by_npm("profile", server.url, LENIENT, "npm-1") == {"status": "success", "record": {}}


def test_the_npm_client_understands_a_refusal(server: CollectServer) -> None:
    answer = by_npm("profile", server.url, "wrong", "npm-1")
    assert (answer["status"], answer["code"]) == ("fail", 401)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("config", "first"),
    [({}, 200), ({"enableFetchApi": True}, 200), ({"enableEncryptionInTransit": True}, 402)],
    ids=["script", "fetch", "encrypted"],
)
def test_the_web_sdk_sends_all_it_can(
    stage: Stage, page: ShopPage, config: dict[str, Any], first: int
) -> None:
    page.visit(BROWSER, **config)
    arrived(page, stage, 1)
    page.push("event", "Product viewed", {"Price": 39.5, "at": 1796083200000})
    arrived(page, stage, 2)
    page.push("onUserLogin", {"Site": ANA})
    arrived(page, stage, 3)
    page.push(
        "event",
        "Charged",
        {"Amount": 39.5, "Currency": "EUR", "Charged ID": "o-1", "Items": [{"Name": "Kettle"}]},
    )
    events = arrived(page, stage, 4)

    assert page.statuses[0] == first
    assert {event.anonymous_id for event in events} == {page.guid()}
    assert named(events, "page").context["campaign"] == {
        "source": "newsletter",
        "medium": "email",
        "name": "spring",
    }
    assert named(events, "Product viewed").properties["at"] == "2026-12-01T00:00:00Z"
    login = named(events, "identify")
    assert (login.user_id, login.traits["phone"]) == ("cust-77", "+14155550123")
    assert login.traits["consents"] == {"email": True}
    assert named(events, "Complete Purchase").properties["order_id"] == "o-1"


@pytest.mark.browser
def test_a_second_login_in_one_browser_begins_under_another_guid(stage: Stage, page: ShopPage) -> None:
    page.visit(BROWSER)
    arrived(page, stage, 1)
    page.push("onUserLogin", {"Site": ANA})
    arrived(page, stage, 2)
    first = page.guid()
    page.push("onUserLogin", {"Site": {"Identity": "cust-78", "Name": "Bo"}})
    arrived(page, stage, 3)
    page.wait(lambda: page.guid() not in ("", first))
    page.push("event", "Product viewed", {"Price": 1})
    events = arrived(page, stage, 4)

    assert [event.anonymous_id for event in events[:2]] == [first, first]
    assert (events[2].user_id, events[2].anonymous_id) == ("cust-78", page.guid())
    assert events[3].anonymous_id == page.guid()


@pytest.mark.browser
def test_a_browser_that_opted_out_sends_nothing_more_until_it_opts_in(stage: Stage, page: ShopPage) -> None:
    page.visit(BROWSER)
    arrived(page, stage, 1)
    guid = page.guid()
    page.push("privacy", {"optOut": True})
    page.wait(lambda: page.guid() == f"{guid}:OO")
    page.push("event", "Product viewed", {"Price": 1})
    page.push("privacy", {"optOut": False})
    page.wait(lambda: page.guid() == guid)
    page.push("event", "Product viewed", {"Price": 2})
    page.wait(lambda: any(event.name == "Product viewed" for event in stage.events))

    assert named(stage.events, "Product viewed").properties["Price"] == "2"
    assert {event.anonymous_id for event in stage.events} == {guid}


@pytest.mark.browser
def test_what_is_changed_by_an_operator_is_a_change(stage: Stage, page: ShopPage) -> None:
    page.visit(BROWSER)
    arrived(page, stage, 1)
    page.push("profile", {"Site": {"Points": 5}})
    arrived(page, stage, 2)
    page.page.evaluate("clevertap.handleIncrementValue('Points', 3)")
    arrived(page, stage, 3)
    page.page.evaluate("clevertap.addMultiValuesForKey('Cities', ['Lisbon', 'Porto'])")
    arrived(page, stage, 4)
    page.page.evaluate("clevertap.removeValueForKey('Points')")
    events = arrived(page, stage, 5)

    assert events[1].traits["Points"] == 5
    assert events[2].trait_changes == {"increment": {"Points": 3}}
    assert events[3].trait_changes == {"append": {"Cities": ["Lisbon", "Porto"]}}
    assert events[4].traits["Points"] is None
