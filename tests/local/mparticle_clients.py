"""mParticle's own clients, unmodified: its Python and npm libraries, and its web SDK in a page of a real Chromium.

The web SDK sends to https and nowhere else. So the browser is told that a domain is the collector, and what the page
asks of it goes to the collector's port as it is.
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.chromium import chromium
from tests.local.forwarding import forward

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)  # of its own code, whenever Python compiles it first
    import mparticle  # type: ignore[import-untyped]

NODE = Path(__file__).parent / "node"
SDK = Path(__file__).parents[2] / "node_modules" / "@mparticle" / "web-sdk" / "dist" / "mparticle.js"

ApiException = mparticle.rest.ApiException

PAGE = "https://shop.example"
DOMAIN = "collect.example"
HTML = '<!doctype html><title>Kettles</title><script src="/mparticle.js"></script>'

PATIENCE = 20_000
"""Milliseconds."""


def python_api(collect_url: str, key: str, secret: str) -> mparticle.EventsApi:
    configuration = mparticle.Configuration()
    configuration.api_key, configuration.api_secret = key, secret
    configuration.host = f"{collect_url}/v2"
    return mparticle.EventsApi(configuration)


def python_batch(user: str, *events: Any, **more: Any) -> mparticle.Batch:
    """`customerid` is how this library spells it."""
    identities = mparticle.UserIdentities(customerid=user)
    batch = mparticle.Batch(environment="production", user_identities=identities, **more)
    batch.events = list(events)  # it names their types only when they are assigned
    return batch


def bought(order: str) -> mparticle.CommerceEvent:
    kettle = mparticle.Product(id="K1", name="Kettle", price=39.5, quantity=1)
    action = mparticle.ProductAction("purchase", products=[kettle], total_amount=39.5, transaction_id=order)
    return mparticle.CommerceEvent(product_action=action, currency_code="EUR", timestamp_unixtime_ms=now())


def opened(menu: str) -> mparticle.AppEvent:
    return mparticle.AppEvent(
        "Menu Opened", "navigation", custom_attributes={"menu": menu}, timestamp_unixtime_ms=now()
    )


def now() -> int:
    return round(time.time() * 1000)


def upload(collect_url: str, key: str, secret: str, user: str) -> list[int | None]:
    """The statuses that the npm client got, for a batch and for a bulk request."""
    node = shutil.which("node")
    assert node is not None
    command = [node, str(NODE / "mparticle_upload.cjs"), collect_url, key, secret, user]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    statuses: list[int | None] = json.loads(done.stdout)
    return statuses


def post(collect_url: str, path: str, body: bytes, authorization: str) -> int:
    """The status that a sender without a library gets."""
    connection = http.client.HTTPConnection(urlsplit(collect_url).netloc, timeout=30)
    try:
        headers = {"authorization": authorization, "content-type": "application/json"}
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


class Shop:
    """A page of the shop with the SDK. `answers` are path and status of the collector's answers, in order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers: list[tuple[str, int]] = []

    def visit(self, key: str, **config: Any) -> None:
        """With `domain` set, as a page is that has a CNAME, and nothing else."""
        self.page.goto(f"{PAGE}/kettles")
        self.page.evaluate(
            "([key, config]) => mParticle.init(key, config)",
            [key, {"domain": DOMAIN, "identifyRequest": {}, **config}],
        )
        self.wait(lambda: bool(self.mpid()))

    def login(self, **identities: str) -> None:
        before = self.mpid()
        self.page.evaluate("(userIdentities) => mParticle.Identity.login({ userIdentities })", identities)
        self.wait(lambda: self.mpid() not in ("", before))

    def mpid(self) -> str:
        """Digits; empty before the SDK was given any."""
        found: str = self.page.evaluate("() => mParticle.Identity.getCurrentUser()?.getMPID() ?? ''")
        return found

    def run(self, script: str) -> None:
        self.page.evaluate(script)

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds, while the browser goes on."""
        for _ in range(PATIENCE // 50):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within {PATIENCE} ms; answered: {self.answers}")


@contextmanager
def shop(collect_url: str) -> Iterator[Shop]:
    with chromium() as browser:
        page = browser.new_page()
        opened = Shop(page)
        page.route(f"{PAGE}/**", lambda route: route.fulfill(content_type="text/html", body=HTML))
        page.route(f"{PAGE}/mparticle.js", lambda route: route.fulfill(path=SDK))
        page.route(f"https://{DOMAIN}/**", lambda route: opened.answers.append(forward(route, collect_url)))
        yield opened
