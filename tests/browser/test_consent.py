"""Nothing is stored or sent before consent; nothing is left when it is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.capture import Capture
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

SIGNALS = {
    "Do Not Track": "Object.defineProperty(Navigator.prototype, 'doNotTrack', {get: () => '1'})",
    "Global Privacy Control": "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})",
}


def stored(tab: Page) -> tuple[list[str], str]:
    keys: list[str] = tab.evaluate("Object.keys(localStorage)")
    cookies: str = tab.evaluate("document.cookie")
    return keys, cookies


def test_events_wait_for_consent_and_are_sent_with_the_time_and_page_they_had(
    visit: Visit, shop: Capture, collector: Capture
) -> None:
    tab = visit(path="/first?utm_source=mail", consent="pending", calls='headrace.track("Early", {n: 1});')
    tab.wait_for_function("headrace.version")
    tab.evaluate("history.pushState(0, '', '/second'); window.asked = new Date().toISOString()")
    tab.wait_for_timeout(200)
    assert stored(tab) == ([], "")
    assert collector.sent == []
    assert tab.evaluate("headrace.ids()") == {}
    tab.evaluate("headrace.consent(true)")

    collector.until(lambda capture: len(capture.events) == 3)
    assert collector.names() == ["Early", "page", "page"]
    early, first, second = collector.events
    assert early["timestamp"] < tab.evaluate("window.asked")
    assert early["context"]["page"]["path"] == first["properties"]["path"] == "/first"
    assert early["context"]["campaign"] == {"source": "mail"}
    assert second["properties"]["url"] == f"{shop.url}/second"
    assert early["anonymousId"] == second["anonymousId"]


def test_who_comes_back_is_who_they_were_though_consent_came_late(visit: Visit, collector: Capture) -> None:
    tab = visit()
    collector.until_named("page")
    visit(path="/back", tab=tab, consent="pending", calls='headrace.identify("u1"); headrace.track("Early");')
    tab.wait_for_function("headrace.version")
    tab.evaluate("headrace.consent(true)")

    collector.until_named("Early")
    assert len({event["anonymousId"] for event in collector.events}) == 1
    assert len({event["context"]["sessionId"] for event in collector.events}) == 1


def test_what_waited_is_dropped_when_consent_is_refused(visit: Visit, collector: Capture) -> None:
    tab = visit(consent="pending", calls='headrace.track("Early");')
    tab.wait_for_function("headrace.version")
    tab.evaluate("headrace.consent(false); headrace.track('Late')")
    tab.wait_for_timeout(200)
    assert stored(tab) == ([], "")
    tab.evaluate("headrace.consent(true); headrace.track('Allowed')")

    collector.until_named("Allowed")
    assert collector.names() == ["Allowed"]


def test_withdrawing_consent_forgets_ids_and_unsent_events(visit: Visit, collector: Capture) -> None:
    collector.fail(1, 503, retry_after="0.1")
    tab = visit(calls='headrace.identify("u1");')
    collector.until_named("identify", "page")
    before = tab.evaluate("headrace.ids().anonymousId")
    tab.evaluate("headrace.track('Unsent'); headrace.consent(false)")
    assert stored(tab) == ([], "")
    tab.wait_for_timeout(200)
    tab.evaluate("headrace.consent(true); headrace.track('Again')")

    collector.until_named("Again")
    again = collector.of_type("track")
    assert [event["event"] for event in again] == ["Again"]
    assert again[0]["anonymousId"] != before
    assert "userId" not in again[0]


def test_a_page_that_is_denied_from_the_start_sends_nothing(visit: Visit, collector: Capture) -> None:
    tab = visit(consent="denied", calls='headrace.track("No");')
    tab.wait_for_timeout(300)

    assert collector.sent == []
    assert stored(tab) == ([], "")


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_browsers_objection_is_a_denial(
    visit: Visit, collector: Capture, context: BrowserContext, signal: str
) -> None:
    context.add_init_script(SIGNALS[signal])
    tab = visit(calls='headrace.track("No");')
    tab.wait_for_timeout(300)
    assert collector.sent == []
    assert stored(tab) == ([], "")
    tab.evaluate("headrace.consent(true); headrace.track('Asked and allowed')")

    collector.until_named("Asked and allowed")
    assert collector.names() == ["Asked and allowed"]


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_site_may_disregard_the_browsers_objection(
    visit: Visit, collector: Capture, context: BrowserContext, signal: str
) -> None:
    context.add_init_script(SIGNALS[signal])
    visit(respectDnt=False, calls='headrace.track("Yes");')

    collector.until_named("Yes")


def test_a_misspelt_consent_is_none_yet(visit: Visit, collector: Capture) -> None:
    tab = visit(consent="Granted", calls='headrace.track("Early");')
    tab.wait_for_timeout(200)
    assert (stored(tab), collector.sent) == (([], ""), [])
    tab.evaluate("headrace.consent(true)")

    collector.until_named("Early")
