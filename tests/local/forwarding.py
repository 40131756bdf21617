"""Requests that a page makes to a made-up https host, taken to the collector's port as they are.

Some SDKs insist on https and a host without a port; the browser is told that the host is the collector.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Route

from tests.local.faltering import forwarded

ENCODED = "accept-encoding"
"""The browser would decode a body that it is then handed as decoded."""


def forward(route: Route, collect_url: str) -> tuple[str, int]:
    """The path that was asked and the status that was answered."""
    request, parts = route.request, urlsplit(route.request.url)
    headers = {name: value for name, value in request.all_headers().items() if name != ENCODED}
    path = f"{parts.path}?{parts.query}"
    status, given, body = forwarded(collect_url, request.method, path, headers, request.post_data_buffer)
    route.fulfill(status=status, headers=given, body=body)
    return parts.path, status
