"""Calls become events: what is in them, whenever they are made, and who the visitor is."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.capture import Capture
from tests.browser.conftest import Visit
from tests.browser.pages import KEY

pytestmark = pytest.mark.browser


def test_calls_made_before_the_tag_is_loaded_are_replayed_in_order(visit: Visit, collector: Capture) -> None:
    visit(calls='headrace.identify("u1", {plan: "gold"}); headrace.track("One", {price: 39}); headrace.track("Two");')

    collector.until_named("Two", "page")
    assert collector.names() == ["identify", "One", "Two", "page"]
    assert collector.events[0]["traits"] == {"plan": "gold"}
    assert collector.events[1]["properties"] == {"price": 39}
    assert {event["userId"] for event in collector.events} == {"u1"}


def test_a_batch_is_of_the_fields_form_and_text_so_that_no_preflight_is_needed(
    visit: Visit, shop: Capture, collector: Capture
) -> None:
    visit(path="/item?q=1", calls='headrace.track("Add To Cart", {price: 39});')

    collector.until_named("Add To Cart", "page")
    sent = collector.sent[0]
    assert sent.body.keys() == {"batch", "sentAt", "writeKey"}
    assert sent.body["writeKey"] == KEY
    assert sent.headers["content-type"].startswith("text/plain")
    event = collector.events[0]
    assert UUID(event["messageId"])
    assert UUID(event["anonymousId"])
    assert event["timestamp"] <= sent.body["sentAt"]
    context = event["context"]
    assert context["library"] == {"name": "headrace.js", "version": "0.1.0"}
    assert context["page"] == {
        "path": "/item", "referrer": "", "search": "?q=1", "title": "Shop", "url": f"{shop.url}/item?q=1",
    }  # fmt: skip
    assert context["locale"] == "en-US"
    assert context["timezone"]
    assert context["screen"] == {"width": 1280, "height": 720, "density": 1}
