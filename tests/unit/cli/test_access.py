"""Whatever the user's environment says of AWS or of a proxy, a command for the laptop reaches the emulator."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cli.laptop import access
from cli.laptop.ports import Ports
from shared.aws import clients

NOWHERE = "http://127.0.0.1:9"


class Emulator(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.end_headers()
        self.wfile.write(b'{"QueueUrls": ["http://127.0.0.1/q"]}')

    def log_message(self, *_: object) -> None:
        """Not among a test's output."""


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ports]:
    before = dict(os.environ)
    with HTTPServer(("127.0.0.1", 0), Emulator) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        clients.forget()
        yield Ports(gateway=server.server_port, collect=1)
        server.shutdown()
    os.environ.clear()
    os.environ.update(before)
    clients.forget()


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"AWS_PROFILE": "no-such-profile"},
        {"AWS_ENDPOINT_URL_SQS": NOWHERE},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"},
        {"HTTP_PROXY": NOWHERE},
        {"http_proxy": NOWHERE, "NO_PROXY": "shop.example"},
    ],
    ids=str,
)
def test_the_emulator_is_reached(
    ports: Ports, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    access.enter(ports)

    assert clients.client("sqs").list_queues()["QueueUrls"] == ["http://127.0.0.1/q"]
    assert os.environ["AWS_REGION"] == os.environ["AWS_DEFAULT_REGION"] == "us-east-1"


def test_hosts_that_the_user_asks_without_the_proxy_stay_so(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "shop.example,10.0.0.1")

    access.enter(ports)  # twice is once
    inside = access.environment(ports)

    assert inside["NO_PROXY"] == inside["no_proxy"] == "shop.example,10.0.0.1,127.0.0.1"
