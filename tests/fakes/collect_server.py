"""The collect stage behind a real port, for clients that speak HTTP themselves.

What comes is handed to the Lambda handler as API Gateway would; what it answers goes back as it is.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.collect_stage import Stage


class CollectServer:
    """`fail_next` requests are handled, stored events stay stored, and then answered with 503: what a client that
    retries must survive. `requests` are method and path with query, in order."""

    def __init__(self, stage: Stage, url: str) -> None:
        self.stage = stage
        self.url = url
        self.fail_next = 0
        self.requests: list[tuple[str, str]] = []

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")


@contextmanager
def serving(stage: Stage) -> Iterator[CollectServer]:
    """The stage on a free loopback port, in real time: clients send what their own clock says."""
    stage.keep_real_time()
    lock = threading.Lock()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: server, lock))
    server = CollectServer(stage, f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(server: Callable[[], CollectServer], lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            body = self._body()
            parts = urlsplit(self.path)
            with lock:  # the stage is one function, which has one request at a time
                asked = server()
                asked.requests.append((self.command, self.path))
                # Before its events can be seen: whoever sees them and asks for a failure means the next request.
                fails = asked.fail_next > 0 and self.command != "OPTIONS"
                asked.fail_next -= fails
                answer = asked.stage.handled(
                    self.command,
                    parts.path,
                    body,
                    {**dict(self.headers.items()), "x-forwarded-proto": "http"},
                    query=parts.query,
                    ip=self.client_address[0],
                )
                if fails:
                    answer = {**answer, "statusCode": 503, "body": "", "isBase64Encoded": False}
            self._reply(answer)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_any  # noqa: N815

        def _body(self) -> bytes:
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            chunks = []
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)

        def _reply(self, answer: dict[str, Any]) -> None:
            body = (
                base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"].encode()
            )
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: tests look at `requests`."""

    return Handler
