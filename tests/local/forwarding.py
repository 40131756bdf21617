"""Requests that a page makes to a made-up https host, taken to the collector's port as they are.

Some SDKs insist on https and a host without a port; the browser is told that the host is the collector.
"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from playwright.sync_api import Route

HELD = ("accept-encoding", "connection", "content-length", "host", "transfer-encoding")
"""Headers of one connection, which say nothing of the next."""


def forward(route: Route, collect_url: str) -> tuple[str, int]:
    """The path that was asked and the status that was answered."""
    request, parts = route.request, urlsplit(route.request.url)
    headers = {
        name: value for name, value in request.all_headers().items() if name not in HELD and name[0] != ":"
    }
    connection = http.client.HTTPConnection(urlsplit(collect_url).netloc, timeout=30)
    try:
        connection.request(request.method, f"{parts.path}?{parts.query}", request.post_data_buffer, headers)
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    kept = {name: value for name, value in answer.getheaders() if name.lower() not in HELD}
    route.fulfill(status=answer.status, headers=kept, body=body)
    return parts.path, answer.status
