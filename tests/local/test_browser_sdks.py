"""Browser SDKs as npm has them, and our own tag, in a real Chromium: what visitors do becomes people and rows."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.local.arrivals import assert_people, assert_rows
from tests.local.browsing import visiting
from tests.local.shop import Shop

pytestmark = [pytest.mark.local, pytest.mark.browser]

BATCHING = {"deliveryStrategy": {"strategy": "batching", "config": {"size": 10, "timeout": 200}}}


@pytest.mark.parametrize(
    ("name", "options", "user", "protocol", "library", "asked", "sent_to"),
    [
        pytest.param(
            "analytics_next", {}, "web-segment", "twilio_segment", "analytics.js",
            {"/v1/projects/KEY/settings"}, {"/v1/p", "/v1/i", "/v1/t"}, id="analytics-next",
        ),
        pytest.param(
            "analytics_next", BATCHING, "web-segment-batches", "twilio_segment", "analytics.js",
            {"/v1/projects/KEY/settings"}, {"/v1/b"}, id="analytics-next-batching",
        ),
        pytest.param(
            "posthog", {"disable_compression": True}, "web-posthog", "posthog", "web",
            {"/array/KEY/config.js"}, {"/e/", "/flags/"}, id="posthog-js",
        ),
        pytest.param(
            "headrace", {}, "web-headrace", "twilio_segment", "headrace.js",
            {"/flow.js"}, {"/flow"}, id="headrace-js",
        ),
    ],
)  # fmt: skip
def test_a_visitor_who_becomes_known_buys_and_leaves(
    shop: Shop,
    browser: Browser,
    name: str,
    options: dict[str, Any],
    user: str,
    protocol: str,
    library: str,
    asked: set[str],
    sent_to: set[str],
) -> None:
    key = shop.local["write_keys"]["browser"]
    with visiting(browser, name, shop.local["collect_url"], key, user, **options) as visit:
        assert_people(shop, visit, user)
        assert_rows(shop, visit, user, protocol, library)
        visit.settle()

    assert visit.complaints == []
    assert {answer.status for answer in visit.answers if answer.method != "OPTIONS"} == {200}
    assert visit.paths("GET") == {path.replace("KEY", key) for path in asked}
    assert visit.paths("POST") == sent_to
