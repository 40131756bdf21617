"""CleverTap's own clients, unmodified: its npm library, and its web SDK in a page of a real Chromium.

The web SDK sends to https and nowhere else. So the browser is told that a domain is the collector, and what the page
asks of it goes to the collector's port as it is.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.chromium import chromium
from tests.local.forwarding import forward

NODE = Path(__file__).parent / "node"
SDK = Path(__file__).parents[2] / "node_modules" / "clevertap-web-sdk" / "clevertap.js"

PAGE = "https://shop.example"
DOMAIN = "collect.example"
HTML = '<!doctype html><title>Kettles</title><script src="/clevertap.js"></script>'

PATIENCE = 20_000
"""Milliseconds."""


def by_npm(command: str, collect_url: str, passcode: str, user: str) -> dict[str, Any]:
    """What the npm client was answered to `upload`, the `right` list and the `wrong` one, or to `profile`."""
    node = shutil.which("node")
    assert node is not None
    script = str(NODE / "clevertap_upload.cjs")
    arguments = [node, script, command, collect_url, "ACC-1", passcode, user]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True, timeout=60)
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


class ShopPage:
    """A page of the shop with the SDK. `statuses` are those of the collector's answers, in order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.statuses: list[int] = []

    def visit(self, account: str, **config: Any) -> None:
        self.page.goto(f"{PAGE}/kettles?utm_source=newsletter&utm_medium=email&utm_campaign=spring")
        self.page.evaluate(
            "([id, domain, config]) => clevertap.init(id, '', domain, '', config)", [account, DOMAIN, config]
        )

    def push(self, what: str, *arguments: object) -> None:
        """`event`, `profile`, `onUserLogin` or `privacy`. A number under `at` becomes a `Date`."""
        self.page.evaluate(
            """([what, given]) => clevertap[what].push(...given.map((one) =>
                one.at > 0 ? { ...one, at: new Date(one.at) } : one))""",
            [what, list(arguments)],
        )

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds, while the browser goes on."""
        for _ in range(PATIENCE // 50):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within {PATIENCE} ms; answered: {self.statuses}")

    def guid(self) -> str:
        """The id by which the SDK knows the browser. It is given one by the first answer, some time after the collector
        has stored the first event."""
        self.wait(lambda: self._kept_guid() != "")
        return self._kept_guid()

    def _kept_guid(self) -> str:
        kept: str = self.page.evaluate("decodeURIComponent(localStorage.getItem('WZRK_G') ?? '')")
        return kept.strip('"')


@contextmanager
def shop_page(collect_url: str) -> Iterator[ShopPage]:
    with chromium() as browser:
        page = browser.new_page()
        opened = ShopPage(page)
        page.route(f"{PAGE}/**", lambda route: route.fulfill(content_type="text/html", body=HTML))
        page.route(f"{PAGE}/clevertap.js", lambda route: route.fulfill(path=SDK))
        page.route(
            f"https://{DOMAIN}/**", lambda route: opened.statuses.append(forward(route, collect_url)[1])
        )
        yield opened
