"""A collector in front of the collector: the first request that brings events is stored, and answered with 503.

What every client that sends again must survive, and what must not become two events.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

OF_ONE_CONNECTION = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})
"""Headers that say nothing of the next connection."""


class Faltering:
    """`answered` are the statuses of the requests that brought events, in order, as the client was told them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answered: list[int] = []


@contextmanager
def faltering(collect_url: str, *events_by: str) -> Iterator[Faltering]:
    """On a free loopback port. `events_by` are the paths by which the client brings events."""
    lock = threading.Lock()

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            status, headers, body = forwarded(
                collect_url, self.command, self.path, dict(self.headers), self._body(), self.headers["host"]
            )
            if self.command in ("GET", "POST") and urlsplit(self.path).path.rstrip("/") in events_by:
                with lock:
                    if not found.answered:
                        status, body = 503, b""
                        headers = {
                            name: value for name, value in headers.items() if name.lower() != "content-type"
                        }
                    found.answered.append(status)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_OPTIONS = do_any  # noqa: N815

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("content-length") or 0))

        def log_message(self, *_: object) -> None:
            """Nothing: tests look at `answered`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    found = Faltering(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def forwarded(
    collect_url: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None,
    host: str | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """The collector's answer to a request: status, headers, body. `host` is what the client called it, and what some
    answers send it to again."""
    kept = {
        name: value
        for name, value in headers.items()
        if name.lower() not in OF_ONE_CONNECTION and not name.startswith(":")
    }
    if host is not None:
        kept["host"] = host
    connection = http.client.HTTPConnection(urlsplit(collect_url).netloc, timeout=30)
    try:
        connection.request(method, path, body, kept)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    given = {name: value for name, value in answer.getheaders() if name.lower() not in OF_ONE_CONNECTION}
    return answer.status, given, content
