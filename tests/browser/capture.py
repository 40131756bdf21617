"""A web server of the tests: it shows pages, hands out the tag, and takes what the tag sends as collect would."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "functions" / "collect" / "tag" / "dist"

PATIENCE = 30.0
"""Seconds until what should have come is missing."""

READ = 0.1
"""Seconds in which a page has read an answer that was given. One that is left or hidden before does not know that its
events were taken, and keeps them for five minutes."""

Event = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """One request: `status` is what it was answered with."""

    method: str
    headers: dict[str, str]
    body: dict[str, Any]
    size: int
    status: int
    at: float


@dataclass(frozen=True)
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    body: dict[str, Any] = field(default_factory=lambda: {"success": True, "rejected": []})


class Capture:
    """`answers` are given one after another; then everything is taken."""

    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.pages: dict[str, str] = {}
        self.sent: list[Sent] = []
        self.preflights = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fail(self, times: int, status: int = 503, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.extend([Answer(status, named)] * times)

    @property
    def events(self) -> list[Event]:
        """Of the requests that were taken, in their order."""
        return [event for sent in list(self.sent) if sent.status == 200 for event in sent.body["batch"]]

    def of_type(self, type_: str) -> list[Event]:
        return [event for event in self.events if event["type"] == type_]

    def names(self) -> list[str]:
        """Track events by their name, others by their type."""
        return [event.get("event") or event["type"] for event in self.events]

    def until(self, met: Callable[[Capture], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not met(self):
            if time.monotonic() > deadline:
                raise AssertionError(f"not in {PATIENCE} s; came: {self.names()}, requests: {len(self.sent)}")
            time.sleep(0.01)
        time.sleep(READ)

    def until_named(self, *names: str) -> None:
        self.until(lambda capture: all(name in capture.names() for name in names))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        capture = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                """Nothing on the terminal."""

            def do_OPTIONS(self) -> None:
                capture.preflights += 1
                self._answer(204, "text/plain", b"", {})

            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                if path.startswith("/flow"):
                    self._answer(200, "text/javascript", (BUILT / path[1:]).read_bytes(), {})
                elif path in capture.pages:
                    self._answer(200, "text/html; charset=utf-8", capture.pages[path].encode(), {})
                else:
                    self._answer(404, "text/plain", b"no such page", {})

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                answer = capture.answers.popleft() if capture.answers else Answer()
                time.sleep(answer.seconds)
                headers = {name.lower(): value for name, value in self.headers.items()}
                sent = Sent(self.command, headers, json.loads(raw), len(raw), answer.status, time.monotonic())
                try:
                    self._answer(
                        answer.status, "application/json", json.dumps(answer.body).encode(), answer.headers
                    )
                finally:  # whether or not the page still listens
                    capture.sent.append(sent)

            def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.send_header("cache-control", "no-store")
                if origin := self.headers["origin"]:
                    self.send_header("access-control-allow-origin", origin)
                    self.send_header("access-control-allow-credentials", "true")
                    self.send_header("access-control-expose-headers", "retry-after")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        return Handler
