"""Automatic page views, also of pages that change their address without loading."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.capture import Capture
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def paths(collector: Capture) -> list[Any]:
    return [event["properties"]["path"] for event in collector.of_type("page")]


def test_each_new_address_of_an_app_is_a_page(visit: Visit, shop: Capture, collector: Capture) -> None:
    tab = visit(path="/one")
    collector.until_named("page")
    tab.evaluate("history.pushState(0, '', '/two'); document.title = 'Two'")
    collector.until(lambda capture: len(capture.of_type("page")) == 2)
    tab.evaluate("history.replaceState(0, '', '/three')")
    collector.until(lambda capture: len(capture.of_type("page")) == 3)
    tab.evaluate("history.back()")
    collector.until(lambda capture: len(capture.of_type("page")) == 4)

    assert paths(collector) == ["/one", "/two", "/three", "/one"]
    two = collector.of_type("page")[1]
    assert two["properties"]["title"] == two["context"]["page"]["title"] == "Two"
    assert two["properties"]["referrer"] == f"{shop.url}/one"


def test_an_unchanged_address_is_no_second_page(visit: Visit, collector: Capture) -> None:
    tab = visit(path="/one?utm_source=mail")
    collector.until_named("page")
    tab.evaluate("history.pushState({a: 1}, '', location.href)")
    tab.evaluate("history.replaceState({a: 2}, '', '#top')")
    tab.evaluate("history.replaceState(0, '', '/one')")  # sites tidy campaigns away
    tab.evaluate("location.hash = 'bottom'")
    tab.evaluate("headrace.track('Done')")

    collector.until_named("Done")
    assert paths(collector) == ["/one"]


def test_a_page_the_site_sends_itself_is_not_sent_twice(visit: Visit, collector: Capture) -> None:
    tab = visit(path="/one", calls='headrace.page("Home");')
    collector.until_named("page")
    tab.evaluate("history.pushState(0, '', '/two'); headrace.page('Two')")
    tab.evaluate("headrace.track('Done')")

    collector.until_named("Done")
    assert [event["name"] for event in collector.of_type("page")] == ["Home", "Two"]


def test_a_page_that_the_browser_kept_and_shows_again_is_a_page(visit: Visit, collector: Capture) -> None:
    tab = visit(path="/one")
    collector.until_named("page")
    tab.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    collector.until(lambda capture: len(capture.of_type("page")) == 2)


def test_page_views_can_be_switched_off(visit: Visit, collector: Capture) -> None:
    tab = visit(pages=False, calls='headrace.track("One");')
    collector.until_named("One")
    tab.evaluate("history.pushState(0, '', '/two'); headrace.track('Two')")

    collector.until_named("Two")
    assert collector.of_type("page") == []


def test_addresses_may_be_told_apart_by_their_hash(visit: Visit, shop: Capture, collector: Capture) -> None:
    tab = visit(path="/app#/one", hashPages=True)
    collector.until_named("page")
    tab.evaluate("location.hash = '/two'")
    collector.until(lambda capture: len(capture.of_type("page")) == 2)

    urls = [event["properties"]["url"] for event in collector.of_type("page")]
    assert urls == [f"{shop.url}/app#/one", f"{shop.url}/app#/two"]


def test_a_router_gets_what_the_browsers_history_gives(visit: Visit) -> None:
    tab = visit()
    tab.wait_for_function("headrace.version")

    assert tab.evaluate(
        "history.pushState({deep: 1}, '', '/two'); [history.state.deep, location.pathname]"
    ) == [1, "/two"]
