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
    visit(
        calls='headrace.identify("u1", {plan: "gold"}); headrace.track("One", {price: 39}); headrace.track("Two");'
    )

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


def test_every_call_has_its_message(visit: Visit, shop: Capture, collector: Capture) -> None:
    visit(
        pages=False,
        calls="""
        headrace.page("Docs", "Home", {lang: "en"});
        headrace.screen("Cart", {items: 2});
        headrace.group("acme", {seats: 5});
        headrace.alias("u1");
        headrace.alias("u1", "u0");
        """,
    )

    collector.until(lambda capture: len(capture.events) == 5)
    page, screen, group, alias, named_alias = collector.events
    assert (page["type"], page["category"], page["name"]) == ("page", "Docs", "Home")
    assert page["properties"] == {
        "path": "/", "referrer": "", "search": "", "title": "Shop", "url": f"{shop.url}/", "lang": "en",
    }  # fmt: skip
    assert (screen["type"], screen["name"], screen["properties"]) == ("screen", "Cart", {"items": 2})
    assert (group["type"], group["groupId"], group["traits"]) == ("group", "acme", {"seats": 5})
    assert (alias["userId"], alias["previousId"]) == ("u1", alias["anonymousId"])
    assert named_alias["previousId"] == "u0"


def test_a_page_may_leave_its_category_or_properties_out(visit: Visit, collector: Capture) -> None:
    visit(
        pages=False,
        calls='headrace.page("Home"); headrace.page(null, "Home", {a: 1}); headrace.page({a: 1}); headrace.page();',
    )

    collector.until(lambda capture: len(capture.events) == 4)
    assert [event.get("name") for event in collector.events] == ["Home", "Home", None, None]
    assert [event.get("category") for event in collector.events] == [None] * 4
    assert [event["properties"].get("a") for event in collector.events] == [None, 1, 1, None]


def test_options_add_to_the_context_and_replace_the_time(visit: Visit, collector: Capture) -> None:
    visit(
        context={"app": {"name": "shop"}},
        calls='headrace.track("T", {}, {timestamp: "2026-01-02T03:04:05Z", context: {user_hash: "ab"}});',
    )

    collector.until_named("T")
    event = collector.of_type("track")[0]
    assert event["timestamp"] == "2026-01-02T03:04:05Z"
    assert event["context"]["user_hash"] == "ab"
    assert event["context"]["app"] == {"name": "shop"}
    assert event["context"]["library"]["name"] == "headrace.js"


def test_an_event_is_as_it_was_when_it_was_made(visit: Visit, collector: Capture) -> None:
    visit(
        calls='var cart = {items: 1}; headrace.ready(function () { headrace.track("T", cart); cart.items = 9; });'
    )

    collector.until_named("T")
    assert collector.of_type("track")[0]["properties"] == {"items": 1}


def test_a_wrong_call_is_told_on_the_console_and_breaks_nothing(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    visit(
        tab=tab,
        calls='var ring = {}; ring.ring = ring; headrace.track("Ring", ring); headrace.track("Fine");',
    )

    collector.until_named("Fine")
    assert "Ring" not in collector.names()
    assert any("headrace: track" in complaint for complaint in complaints)


def test_the_visitor_stays_the_same_from_page_to_page(visit: Visit, collector: Capture) -> None:
    tab = visit(calls='headrace.identify("u1");')
    collector.until_named("identify", "page")
    visit(path="/second", tab=tab)
    collector.until(lambda capture: len(capture.of_type("page")) == 2)

    first, second = collector.of_type("page")
    assert first["anonymousId"] == second["anonymousId"]
    assert second["userId"] == "u1"


def test_reset_makes_another_visitor(visit: Visit, collector: Capture) -> None:
    visit(calls='headrace.identify("u1"); headrace.reset(); headrace.track("After");')

    collector.until_named("After")
    before, after = collector.of_type("identify")[0], collector.of_type("track")[0]
    assert "userId" not in after
    assert after["anonymousId"] != before["anonymousId"]
    assert after["context"]["sessionId"] != before["context"]["sessionId"]


def test_a_second_login_on_the_same_device_is_another_visitor(visit: Visit, collector: Capture) -> None:
    visit(calls='headrace.identify("u1"); headrace.identify("u1", {again: 1}); headrace.identify("u2");')

    collector.until(lambda capture: len(capture.of_type("identify")) == 3)
    first, again, second = collector.of_type("identify")
    assert first["anonymousId"] == again["anonymousId"] != second["anonymousId"]


def test_the_tag_says_who_the_visitor_is_once_it_is_ready(visit: Visit, collector: Capture) -> None:
    tab = visit(calls="headrace.identify(7); headrace.ready(function (tag) { window.ids = tag.ids(); });")

    collector.until_named("identify")
    ids = tab.evaluate("window.ids")
    assert ids == {"anonymousId": collector.events[0]["anonymousId"], "userId": "7"}


def test_a_campaign_is_kept_for_the_session(visit: Visit, collector: Capture) -> None:
    query = "?utm_campaign=spring&utm_source=mail&utm_medium=email&utm_term=shoes&utm_content=top&x=1"
    tab = visit(path=f"/{query}")
    collector.until_named("page")
    visit(path="/second", tab=tab)
    collector.until(lambda capture: len(capture.of_type("page")) == 2)
    visit(path="/third?utm_source=ads", tab=tab)
    collector.until(lambda capture: len(capture.of_type("page")) == 3)

    campaigns = [event["context"]["campaign"] for event in collector.of_type("page")]
    spring = {"name": "spring", "source": "mail", "medium": "email", "term": "shoes", "content": "top"}
    assert campaigns == [spring, spring, {"source": "ads"}]


def test_a_session_ends_after_thirty_idle_minutes(
    visit: Visit, collector: Capture, context: BrowserContext
) -> None:
    tab = context.new_page()
    tab.clock.install()
    visit(tab=tab, path="/?utm_source=mail", calls='headrace.track("First");')
    collector.until_named("First")
    tab.clock.fast_forward("29:00")
    tab.evaluate('history.replaceState(0, "", "/"); headrace.track("Soon")')
    tab.clock.fast_forward("31:00")
    tab.evaluate('headrace.track("Later")')
    tab.clock.run_for(1000)
    collector.until_named("Soon", "Later")

    # By name: the answer to the first may be under way when half an hour is over, and then the tag sends it again.
    said = {event["event"]: event["context"] for event in collector.of_type("track")}
    first, soon, later = said["First"], said["Soon"], said["Later"]
    assert first["sessionId"] == soon["sessionId"] != later["sessionId"]
    assert soon["campaign"] == {"source": "mail"}
    assert "campaign" not in later


def test_a_script_element_alone_starts_the_tag(
    shop: Capture, collector: Capture, context: BrowserContext
) -> None:
    attributes = 'data-hr-write-key="k7" data-hr-batch-seconds="0.05" data-hr-pages="false"'
    shop.pages["/"] = (
        f'<script async src="{collector.url}/flow.js" {attributes}></script><button data-hr-event=Hi>'
    )
    tab = context.new_page()
    tab.goto(shop.url)
    tab.wait_for_function("window.headrace && headrace.version")
    tab.click("button")

    collector.until_named("Hi")
    assert collector.names() == ["Hi"]
    assert collector.sent[0].body["writeKey"] == "k7"
