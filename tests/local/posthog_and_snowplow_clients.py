"""PostHog's and Snowplow's own clients, unmodified: a visitor looks around, becomes known, and buys.

Each takes the collector's address, a write key and the user id; PostHog's also whether they may compress, as all
but the one for Python do by themselves. The visitor is `<user>-visitor`, the order `<user>-order`.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route
from posthog import Posthog
from snowplow_tracker.emitters import Emitter
from snowplow_tracker.events.page_view import PageView
from snowplow_tracker.events.self_describing import SelfDescribing
from snowplow_tracker.self_describing_json import SelfDescribingJson
from snowplow_tracker.subject import Subject
from snowplow_tracker.tracker import Tracker
from snowplow_tracker.typing import Method

from tests.chromium import chromium
from tests.local.faltering import forwarded

Send = Callable[[str, str, str], None]
SendCompressed = Callable[[str, str, str, bool], None]

NODE = Path(__file__).parent / "node"
POSTHOG_JS = Path(__file__).parents[2] / "node_modules" / "posthog-js" / "dist" / "array.full.js"

SHOP, COLLECTOR = "https://shop.example", "https://collect.example"
HTML = '<!doctype html><title>Kettles</title><script src="/posthog.js"></script>'

ECOMMERCE = "iglu:com.snowplowanalytics.snowplow.ecommerce"
KETTLE = {
    "id": "K1",
    "name": "Kettle",
    "category": "kitchen",
    "price": 39.5,
    "currency": "EUR",
    "quantity": 1,
}

PATIENCE = 20_000
"""Milliseconds."""


def posthog_python(url: str, key: str, user: str, compressed: bool) -> None:
    failures: list[Exception] = []
    client = Posthog(key, host=url, gzip=compressed, on_error=lambda error, _batch: failures.append(error))
    visitor = f"{user}-visitor"
    client.capture(
        "Look Around", distinct_id=visitor, properties={"shelf": 3, "$process_person_profile": False}
    )
    client.alias(previous_id=visitor, distinct_id=user)
    client.set(distinct_id=user, properties={"email": f"{user}@example.test"})
    purchase = {"amount": 39.5, "currency": "EUR", "order_id": f"{user}-order"}
    client.capture("Complete Purchase", distinct_id=user, properties=purchase)
    client.shutdown()
    assert failures == []


def posthog_node(url: str, key: str, user: str, compressed: bool) -> None:
    _node("posthog.mjs", url, key, user, "compressed" if compressed else "plain")


def snowplow_python(method: Method) -> Send:
    def send(url: str, key: str, user: str) -> None:
        done: list[dict[str, Any]] = []
        emitter = Emitter(url, method=method, batch_size=1, on_success=done.extend)
        subject = Subject().set_domain_user_id(f"{user}-visitor")
        tracker = Tracker("shop", emitter, app_id=key, subject=subject)
        tracker.track(PageView(page_url="https://shop.example/kettles?utm_source=news", page_title="Kettles"))
        tracker.track(
            SelfDescribing(SelfDescribingJson("iglu:com.acme/look_around/jsonschema/1-0-0", {"shelf": 3}))
        )
        subject.set_user_id(user)
        transaction = {"transaction_id": f"{user}-order", "revenue": 39.5, "currency": "EUR"}
        tracker.track(
            SelfDescribing(
                SelfDescribingJson(
                    f"{ECOMMERCE}/snowplow_ecommerce_action/jsonschema/1-0-2", {"type": "transaction"}
                ),
                context=[
                    SelfDescribingJson(f"{ECOMMERCE}/transaction/jsonschema/1-0-0", transaction),
                    SelfDescribingJson(f"{ECOMMERCE}/product/jsonschema/1-0-0", KETTLE),
                ],
            )
        )
        _until(lambda: len(done) >= 3)

    return send


def snowplow_node(method: Method) -> Send:
    return lambda url, key, user: _node("snowplow.mjs", url, key, user, method)


class ShopPage:
    """A page of the shop with posthog-js; what it asks of the collector's domain goes to its port. `answered` are the
    statuses of the requests that brought events. With `falters`, the first of them is told 503."""

    def __init__(self, page: Page, collect_url: str, *, compressed: bool, falters: bool) -> None:
        self.page = page
        self.answered: list[int] = []
        self._collect_url = collect_url
        self._compressed = compressed
        self._falters = falters

    def forward(self, route: Route) -> None:
        request, parts = route.request, urlsplit(route.request.url)
        path = f"{parts.path}?{parts.query}"
        body = request.post_data_buffer
        status, headers, content = forwarded(
            self._collect_url, request.method, path, request.all_headers(), body
        )
        if parts.path == "/e/" and request.method == "POST":
            if self._falters and not self.answered:
                status, content = 503, b""
            self.answered.append(status)
        route.fulfill(status=status, headers=headers, body=content)

    def visit(self, key: str) -> None:
        self.page.goto(f"{SHOP}/kettles?utm_source=news&utm_medium=email&utm_campaign=autumn")
        options = {
            "api_host": COLLECTOR,
            "opt_out_useragent_filter": True,
            "autocapture": False,
            **({} if self._compressed else {"disable_compression": True}),
        }
        self.page.evaluate("([key, options]) => posthog.init(key, options)", [key, options])

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds, while the browser goes on."""
        for _ in range(PATIENCE // 50):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within {PATIENCE} ms; answered: {self.answered}")


@contextmanager
def shop_page(collect_url: str, *, compressed: bool, falters: bool = False) -> Iterator[ShopPage]:
    with chromium() as browser:
        page = browser.new_page()
        opened = ShopPage(page, collect_url, compressed=compressed, falters=falters)
        page.route(f"{SHOP}/**", lambda route: route.fulfill(content_type="text/html", body=HTML))
        page.route(f"{SHOP}/posthog.js", lambda route: route.fulfill(path=POSTHOG_JS))
        page.route(f"{COLLECTOR}/**", opened.forward)
        yield opened


def _node(script: str, *arguments: str) -> None:
    node = shutil.which("node")
    assert node is not None
    subprocess.run([node, str(NODE / script), *arguments], check=True, timeout=60)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < deadline, "the tracker did not get rid of its events"
        time.sleep(0.05)
