"""The sample page: what its visitor does is sent, and shown in its list."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.capture import ROOT, Capture

pytestmark = pytest.mark.browser

SAMPLE = ROOT / "examples" / "web" / "index.html"


@pytest.fixture
def sample(shop: Capture, collector: Capture, browser: Browser) -> Page:
    """The page on a desktop's screen; whatever it asks the network for is the collector's."""
    shop.pages["/"] = SAMPLE.read_text(encoding="utf-8")
    tab = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    tab.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
    strangers: list[str] = []
    own = (shop.url, collector.url, "data:")
    tab.on("request", lambda request: None if request.url.startswith(own) else strangers.append(request.url))
    tab.goto(f"{shop.url}/?{urlencode({'host': collector.url, 'key': 'k1'})}")
    tab.wait_for_function("headrace.version")
    assert strangers == []
    return tab


def test_the_sample_page_sends_what_its_visitor_does(
    sample: Page, collector: Capture, tmp_path: Path
) -> None:
    sample.click("text=Noodle bowl")
    assert collector.sent == []
    sample.click("#allow")
    sample.click("article:first-child button")
    sample.click("#account")
    sample.click("#checkout")
    sample.click("nav >> text=Our story")
    sample.click("nav >> text=Shop")
    sample.fill("[name=email]", "ana@shop.example")
    sample.select_option("select", "bowls")
    sample.click("form button")
    sample.wait_for_function("document.querySelectorAll('#log li').length == 9")
    sample.click("#log li:has-text('Complete Purchase') summary")
    sample.screenshot(path=tmp_path / "sample-page.png")
    sample.context.close()

    assert collector.sent[0].body["writeKey"] == "k1"
    assert sorted(collector.names()) == [
        "Add To Cart", "Complete Purchase", "Subscribe Newsletter", "View Item", "identify", "identify", "page",
        "page", "page",
    ]  # fmt: skip
    added = next(event for event in collector.events if event.get("event") == "Add To Cart")
    assert added["properties"] == {"item_id": "cup-1", "name": "Morning cup", "price": 39, "currency": "USD"}
    bought = next(event for event in collector.events if event.get("event") == "Complete Purchase")
    assert bought["properties"]["amount"] == 39
    assert bought["userId"] == "ana"
    subscribed = next(event for event in collector.events if event.get("event") == "Subscribe Newsletter")
    assert subscribed["properties"] == {"place": "shop", "topic": "bowls"}
    assert (tmp_path / "sample-page.png").stat().st_size > 20_000


def test_the_sample_page_fits_a_phone(sample: Page, tmp_path: Path) -> None:
    sample.set_viewport_size({"width": 390, "height": 844})
    sample.screenshot(path=tmp_path / "sample-page-phone.png", full_page=True)
    width = sample.evaluate("document.documentElement.scrollWidth")
    sample.context.close()

    assert width == 390
