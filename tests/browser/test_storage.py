"""Browsers that block storage, or fill it up."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.capture import Capture
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

NO_LOCAL_STORAGE = (
    "Object.defineProperty(window, 'localStorage',"
    " {get() { throw new DOMException('denied', 'SecurityError') }});"
)
FILL = """
for (let size = 4194304; size >= 1; size /= 2) {
    try { localStorage['filler' + size] = 'x'.repeat(size) } catch { /* no room for so much */ }
}"""
NO_COOKIES = "Object.defineProperty(Document.prototype, 'cookie', {get: () => '', set() {}});"


def test_without_local_storage_the_visitor_is_known_by_cookies(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    context.add_init_script(NO_LOCAL_STORAGE)
    tab = visit(calls='headrace.identify("u1"); headrace.track("One");')
    collector.until_named("One", "page")
    visit(path="/second", tab=tab)
    collector.until(lambda capture: len(capture.of_type("page")) == 2)

    first, second = collector.of_type("page")
    assert first["anonymousId"] == second["anonymousId"]
    assert second["userId"] == "u1"
    assert first["context"]["sessionId"] == second["context"]["sessionId"]
    names = sorted(cookie["name"] for cookie in context.cookies())
    assert names == ["headrace.anonymousId", "headrace.session", "headrace.userId"]
    tab.evaluate("headrace.consent(false)")
    assert context.cookies() == []


def test_without_any_storage_a_page_still_sends_and_retries(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    context.add_init_script(NO_LOCAL_STORAGE + NO_COOKIES)
    collector.fail(1, 503, retry_after="1")
    visit(calls='headrace.track("One"); headrace.track("Two");')

    collector.until_named("One", "Two", "page")
    assert len({event["anonymousId"] for event in collector.events}) == 1
    assert len(collector.events) == 3


def test_without_any_storage_a_beacon_is_better_than_nothing(
    visit: Visit, shop: Capture, collector: Capture, context: BrowserContext
) -> None:
    context.add_init_script(NO_LOCAL_STORAGE + NO_COOKIES)
    shop.pages["/elsewhere"] = "bye"
    collector.fail(1, 503, retry_after="60")
    tab = visit(calls='headrace.track("One");')
    collector.until(lambda capture: capture.sent)
    tab.wait_for_timeout(100)
    tab.goto(f"{shop.url}/elsewhere")

    collector.until_named("One", "page")


def test_a_full_storage_loses_nothing_and_knows_the_visitor(visit: Visit, collector: Capture) -> None:
    tab = visit()
    collector.until_named("page")
    tab.evaluate(FILL)
    tab.evaluate("headrace.track('Big', {text: 'x'.repeat(2000)}); headrace.track('Bigger')")
    collector.until_named("Big", "Bigger")
    visit(path="/second", tab=tab)
    collector.until(lambda capture: len(capture.of_type("page")) == 2)

    assert collector.names() == ["page", "Big", "Bigger", "page"]
    assert len({event["anonymousId"] for event in collector.events}) == 1


def test_what_another_script_broke_is_begun_anew(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    context.add_init_script(
        "localStorage['headrace.session'] = '{'; localStorage['headrace.anonymousId'] = '{';"
    )
    visit(calls='headrace.track("One");')

    collector.until_named("One")
    assert collector.events[0]["anonymousId"]
