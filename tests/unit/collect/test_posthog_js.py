"""The unmodified posthog-js in a page of Chromium, against the collect stage behind a port of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

from shared.events import Event
from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.chromium import chromium
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import SHOP, Stage

pytestmark = pytest.mark.browser

SDK = Path(__file__).parents[3] / "node_modules" / "posthog-js" / "dist" / "array.full.js"

KEY = "hr_web"
WEB = Source(id="web", name="Web", trust="browser", key_hashes=(key_hash(KEY),))

HOME = "<!doctype html><title>Kettles</title><button id='buy'>Buy</button><script src='/sdk.js'></script>"


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_sdk = self.path == "/sdk.js"
        content = SDK.read_bytes() if is_sdk else HOME.encode()
        self.send_response(200)
        self.send_header("content-type", "text/javascript" if is_sdk else "text/html")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: pytest shows what the stage logs."""


@pytest.fixture
def server() -> Iterator[CollectServer]:
    stage = Stage(SHOP.model_copy(update={"sources": (WEB,)}))
    stage.api = "rest"  # it compresses under text/plain
    with serving(stage) as server:
        yield server


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a shop that has another origin than the collector."""
    shop = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    threading.Thread(target=shop.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{shop.server_port}/kettles?utm_source=news&utm_medium=email")
        yield page
    shop.shutdown()
    shop.server_close()


def start(page: Page, server: CollectServer, **options: object) -> None:
    """Playwright's Chromium says that it is no person's: `opt_out_useragent_filter` lets it send all the same."""
    given = {"api_host": server.url, "opt_out_useragent_filter": True, **options}
    page.evaluate("([key, options]) => posthog.init(key, options)", [KEY, given])


def arrived(page: Page, server: CollectServer, enough: Callable[[list[Event]], bool]) -> list[Event]:
    for _ in range(200):
        if enough(server.stage.events):
            return server.stage.events
        page.wait_for_timeout(100)
    pytest.fail(f"only {[event.name for event in server.stage.events]} arrived")


def test_a_visit_becomes_a_known_person(page: Page, server: CollectServer) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    start(page, server)
    page.evaluate("posthog.capture('Look Around', { shelf: 3 })")
    page.evaluate("posthog.identify('cust-77', { email: 'ann@shop.example' }, { first_seen: 'today' })")
    page.evaluate("posthog.capture('Complete Purchase', { amount: 39.5, currency: 'EUR' })")
    page.wait_for_function("posthog.autocapture?.isEnabled")
    page.click("#buy")
    events = arrived(
        page, server, lambda events: {"$autocapture", "identify"} <= {event.name for event in events}
    )
    found = {event.name: event for event in events}
    visitor = found["page"].anonymous_id
    assert visitor is not None
    assert found["page"].user_id is None
    assert found["page"].context["campaign"] == {"source": "news", "medium": "email"}
    assert found["page"].properties["title"] == "Kettles"
    assert (found["Look Around"].anonymous_id, found["Look Around"].user_id) == (visitor, None)
    assert (found["identify"].anonymous_id, found["identify"].user_id) == (visitor, "cust-77")
    assert found["identify"].traits == {"email": "ann@shop.example"}
    assert found["identify"].trait_changes["set_once"]["first_seen"] == "today"
    assert found["Complete Purchase"].user_id == "cust-77"
    assert found["Complete Purchase"].properties == {"amount": 39.5, "currency": "EUR"}
    assert found["Complete Purchase"].context["page"]["path"] == "/kettles"
    assert found["$autocapture"].user_id == "cust-77"
    assert errors == []


def test_the_sdk_waits_for_nothing_and_loads_no_script_that_is_not_here(
    page: Page, server: CollectServer
) -> None:
    start(page, server)
    flags = page.evaluate("new Promise(done => posthog.onFeatureFlags((flags) => done(flags)))")
    assert flags == []
    page.wait_for_timeout(500)
    assert not [path for _, path in server.requests if "/static/" in path or path.startswith("/s/")]


def test_what_a_page_sends_as_it_is_left_arrives(page: Page, server: CollectServer) -> None:
    start(page, server, disable_compression=True)
    arrived(page, server, lambda events: any(event.name == "page" for event in events))
    page.goto("about:blank")
    events = arrived(page, server, lambda events: any(event.name == "$pageleave" for event in events))
    assert len({event.anonymous_id for event in events}) == 1


def test_what_the_sdk_sends_again_has_the_same_id(page: Page, server: CollectServer) -> None:
    start(page, server, autocapture=False, capture_pageview=False, advanced_disable_flags=True)
    server.fail_next = 1
    started = time.monotonic()
    page.evaluate("posthog.capture('Look Around', {}, { send_instantly: true })")
    first, second = arrived(page, server, lambda events: len(events) == 2)
    assert time.monotonic() - started < 20
    assert (first.id, first.name) == (second.id, second.name)
