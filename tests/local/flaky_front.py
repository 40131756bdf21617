"""In front of the collector: what comes is forwarded and stored, and then answered with 503, once.

A client that retries sends it all again; a client that gives up has sent it anyway.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

OF_ONE_CONNECTION = ("connection", "content-length", "host", "keep-alive", "transfer-encoding")


@dataclass
class FlakyFront:
    """`attempts` counts the requests that carried events; the first of them was answered with 503."""

    url: str
    carries_events: tuple[str, ...]
    attempts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def fails(self, method: str, path: str) -> bool:
        """Whether this is the first request with events. Settings, flags and preflights are let be."""
        if method == "OPTIONS" or not path.startswith(self.carries_events):
            return False
        with self.lock:
            self.attempts += 1
            return self.attempts == 1


@contextmanager
def flaky(collect_url: str, *carries_events: str) -> Iterator[FlakyFront]:
    """On a free loopback port. `carries_events` are beginnings of the paths that do."""
    http_server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(collect_url, lambda: front))
    front = FlakyFront(f"http://127.0.0.1:{http_server.server_port}", carries_events)
    thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        http_server.shutdown()
        http_server.server_close()
        thread.join()


def _handler(collect_url: str, front: Callable[[], FlakyFront]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in OF_ONE_CONNECTION
            }
            connection = http.client.HTTPConnection(urlsplit(collect_url).netloc, timeout=30)
            try:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                said = answer.read()
            finally:
                connection.close()
            fails = front().fails(self.command, self.path)
            status = 503 if fails else answer.status
            said = b"" if fails else said
            self.send_response(status)
            for name, value in answer.getheaders():
                if name.lower() not in (*OF_ONE_CONNECTION, "content-type" if fails else ""):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_OPTIONS = do_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing: tests count the attempts."""

    return Handler
