"""One browser for the session, one profile per test; the shop and the collector are two origins, as a rule in life."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.capture import Capture
from tests.browser.pages import page, snippet

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail(
            "the browser's tests need Chromium. On Debian: sudo apt-get install chromium", pytrace=False
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def shop() -> Iterator[Capture]:
    shop = Capture()
    yield shop
    shop.close()


@pytest.fixture
def collector() -> Iterator[Capture]:
    """Of one test alone, because a page that is closed still sends. What is sent in any test needs no preflight."""
    collector = Capture()
    yield collector
    collector.close()
    assert collector.preflights == 0


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visit(shop: Capture, collector: Capture, context: BrowserContext) -> Visit:
    """Open a page of the shop with the tag; `calls` follow the snippet's init, `options` are its options."""

    def open_page(
        body: str = "", path: str = "/", calls: str = "", tab: Page | None = None, **options: Any
    ) -> Page:
        shop.pages[re.split("[?#]", path)[0]] = page(snippet(collector.url, calls, **options), body)
        tab = tab or context.new_page()
        tab.goto(shop.url + path)
        return tab

    return open_page
