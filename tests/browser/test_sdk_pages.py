"""The pages of tests/local, with vendors' SDKs in them, against the collect stage alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import BROWSER, Api, Stage
from tests.local.browsing import ADDRESS, visiting


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "options", "api"),
    [
        ("analytics_next", {}, "http"),
        (
            "analytics_next",
            {"deliveryStrategy": {"strategy": "batching", "config": {"timeout": 200}}},
            "http",
        ),
        ("posthog", {"disable_compression": True}, "http"),
        ("posthog", {}, "rest"),
        ("rudderstack", {}, "http"),
        ("headrace", {}, "http"),
    ],
    ids=["analytics-next", "analytics-next-batching", "posthog", "posthog-gzip", "rudderstack", "headrace"],
)
def test_a_visit_becomes_four_events(browser: Browser, name: str, options: dict[str, Any], api: Api) -> None:
    stage = Stage()
    stage.api = api
    with serving(stage) as server, visiting(browser, name, server.url, BROWSER, "u1", **options) as visit:
        visit.wait(lambda: len(stage.events) >= 4)
        visit.settle()

    said = {event.name: event for event in stage.events}
    assert len(stage.events) == len(said) == 4
    assert {name: (event.user_id, event.anonymous_id) for name, event in said.items()} == {
        "page": (None, visit.visitor),
        "identify": ("u1", visit.visitor),
        "Complete Purchase": ("u1", visit.visitor),
        "View Item": (None, visit.next_visitor),
    }
    assert said["Complete Purchase"].properties == {"amount": 39.5, "currency": "EUR", "order_id": "u1-order"}
    assert said["identify"].traits["consents"] == {"email": True}
    assert {event.context["page"]["url"] for event in stage.events} == {ADDRESS}
    assert (stage.refused, visit.complaints) == ([], [])
    assert {answer.status for answer in visit.answers} <= {200, 204}
