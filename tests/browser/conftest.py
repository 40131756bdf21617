"""One browser for the session, one profile per test; the shop and the collector are two origins, as a rule in life."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.capture import Capture
from tests.browser.pages import page, snippet
from tests.chromium import chromium

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


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
