"""A real Chromium on pages of the shop that carry a vendor's SDK, as npm has it, or our own tag.

The pages and the SDKs are the browser's own business: it is told that `https://shop.example` is the files of `pages/`
and of node_modules. What a page sends goes to the collector as it would from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response, Route

PAGES = Path(__file__).parent / "pages"
MODULES = Path(__file__).parents[2] / "node_modules"

SHOP = "https://shop.example"
PATH = "/kettles"
ADDRESS = f"{SHOP}{PATH}?utm_source=newsletter&utm_medium=email&utm_campaign=spring"
"""Where every page is opened."""

SETTLED = 500
"""Milliseconds."""

PATIENCE = 20_000
"""Milliseconds."""


class Answer(NamedTuple):
    """What the collector answered to the browser."""

    method: str
    path: str
    status: int


@dataclass
class Visit:
    """`visitor` is the anonymous id that the SDK began with, `next_visitor` the one it took when it was reset."""

    page: Page
    answers: list[Answer] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    visitor: str = ""
    next_visitor: str = ""

    def paths(self, method: str) -> set[str]:
        return {answer.path for answer in self.answers if answer.method == method}

    def leave(self) -> None:
        """For another page, which makes SDKs send what waits. What is sent while a page goes gets lost between browser
        and Playwright as long as it looks at the page's requests."""
        self.page.unroute_all()
        self.page.goto("about:blank")

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds, while the browser goes on."""
        for _ in range(PATIENCE // 50):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"not within {PATIENCE} ms; answered: {self.answers}, said: {self.complaints}")

    def settle(self) -> None:
        """Playwright tells of answers only while it is asked something; what is under way is there by then."""
        self.page.wait_for_timeout(SETTLED)


@contextmanager
def visiting(browser: Browser, name: str, url: str, key: str, user: str, **options: Any) -> Iterator[Visit]:
    """The page `pages/<name>.html`, opened by somebody new who views it, becomes `user`, buys a kettle, logs out and
    looks at an item as somebody new again. `options` are handed to the SDK. The page stays open within."""
    context = browser.new_context()
    page = context.new_page()
    visit = Visit(page)
    page.on("response", lambda response: _note(response, url, visit.answers))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: visit.complaints.append(said.text) if said.type in ("warning", "error") else None,
    )
    page.route(f"{SHOP}/**", lambda route: _serve(route, name))
    given = {"url": url, "key": key, "user": user, "options": options}
    page.add_init_script(f"window.shop = {json.dumps(given)};")
    page.set_default_timeout(PATIENCE)
    page.goto(ADDRESS)
    visited = page.wait_for_function("() => window.visited").json_value()
    visit.visitor, visit.next_visitor = visited["visitor"], visited["next"]
    yield visit
    context.close()


def _note(response: Response, url: str, answers: list[Answer]) -> None:
    if response.url.startswith(f"{url}/"):
        request = response.request
        answers.append(Answer(request.method, urlsplit(response.url).path, response.status))


def _serve(route: Route, name: str) -> None:
    path = urlsplit(route.request.url).path
    if path.startswith("/sdk/"):
        route.fulfill(
            path=MODULES / path.removeprefix("/sdk/"), content_type="text/javascript; charset=utf-8"
        )
    elif path == PATH:
        route.fulfill(path=PAGES / f"{name}.html", content_type="text/html; charset=utf-8")
    else:
        route.fulfill(status=404)
