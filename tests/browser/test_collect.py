"""The tag and the collect stage together: what a page does becomes canonical events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page

from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.browser.capture import BUILT, PATIENCE, Capture
from tests.browser.pages import KEY, page, snippet
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import SHOP, Stage


@pytest.fixture
def server(shop: Capture) -> Iterator[CollectServer]:
    """The shop's pages are the only ones that may send."""
    web = Source(id="web", name="Web", trust="browser", key_hashes=(key_hash(KEY),), origins=(shop.url,))
    stage = Stage(SHOP.model_copy(update={"sources": (web,)}))
    with serving(stage) as server:
        yield server


@pytest.fixture
def open_page(shop: Capture, server: CollectServer, context: BrowserContext) -> Callable[[str, str], Page]:
    def open_page(path: str, calls: str) -> Page:
        shop.pages[path.split("?")[0]] = page(snippet(server.url, calls))
        tab = context.new_page()
        tab.goto(shop.url + path)
        return tab

    return open_page


def until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


@pytest.mark.browser
def test_calls_become_canonical_events(
    open_page: Callable[[str, str], Page], server: CollectServer, shop: Capture
) -> None:
    calls = """
    headrace.identify("u1", {plan: "gold"});
    headrace.track("Complete Purchase", {amount: "39.90", currency: "EUR"});
    headrace.group("acme");
    headrace.screen("Cart");
    """
    open_page("/thanks?utm_source=mail&utm_campaign=spring", calls)
    until(lambda: len(server.stage.events) == 5)

    events = {event.name: event for event in server.stage.events}
    assert set(events) == {"identify", "Complete Purchase", "group", "screen", "page"}
    purchase, view = events["Complete Purchase"], events["page"]
    assert (purchase.user_id, purchase.properties) == ("u1", {"amount": 39.9, "currency": "EUR"})
    assert purchase.anonymous_id == view.anonymous_id is not None
    assert purchase.session_id == view.session_id is not None
    assert events["identify"].traits == {"plan": "gold"}
    assert events["group"].properties == {"group_id": "acme"}
    assert events["screen"].properties == {"name": "Cart"}
    assert view.properties["url"] == f"{shop.url}/thanks?utm_source=mail&utm_campaign=spring"
    assert view.context["campaign"] == {"name": "spring", "source": "mail"}
    assert view.context["ip"] == "127.0.0.1"
    assert "Chrome" in view.context["user_agent"]
    assert server.stage.refused == []
    assert {method for method, _ in server.requests} == {"GET", "POST"}


@pytest.mark.browser
def test_a_batch_that_was_stored_and_answered_503_comes_again_under_the_same_ids(
    open_page: Callable[[str, str], Page], server: CollectServer
) -> None:
    tab = open_page("/", "")
    until(lambda: len(server.stage.events) == 1)
    server.fail_next = 1
    tab.evaluate("headrace.track('One'); headrace.track('Two')")
    until(lambda: len(server.stage.events) == 5)

    assert len({(event.id, event.name) for event in server.stage.events}) == 3


@pytest.mark.browser
def test_a_refused_event_is_told_on_the_console(
    open_page: Callable[[str, str], Page], server: CollectServer
) -> None:
    tab = open_page("/", "")
    until(lambda: server.stage.events)
    with tab.expect_console_message(lambda message: message.type == "warning") as told:
        tab.evaluate("headrace.track('Complete Purchase', {currency: 'EUR'}); headrace.track('Fine'); 0")

    assert "missing_property" in told.value.text
    assert [item.reasons[0].code for item in server.stage.refused] == ["missing_property"]


@pytest.mark.parametrize("name", sorted(path.name for path in BUILT.iterdir()))
def test_collect_hands_out_every_file_that_is_built(server: CollectServer, name: str) -> None:
    with urlopen(f"{server.url}/{name}", timeout=5) as answer:
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.read() == (BUILT / name).read_bytes()
