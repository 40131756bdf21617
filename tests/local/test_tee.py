"""Side by side on the deployed stack: the vendor a source came from gets what its clients send, as they sent it."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from tests.local.shop import PROGRAM, SHOP, Shop, eventually, track

pytestmark = pytest.mark.local


class Got(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Teed(NamedTuple):
    """A source, and the key that its clients have of their vendor."""

    source: str
    key: str


class Vendor:
    """Answers with the next status that is planned, then with 200."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.planned: list[int] = []
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = vendor.planned.pop(0) if vendor.planned else 200
                vendor.got.append(Got(self.command, self.path, headers, body))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
                """Nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    vendor = Vendor()
    yield vendor
    vendor.stop()


@pytest.fixture
def teed(shop: Shop, apply: Callable[..., None], vendor: Vendor) -> Teed:
    """New in each test: its answers count from nothing, and its key makes `collect` look at the workspace anew."""
    port = vendor.server.server_port
    made = Teed(f"teed-{port}", f"the-vendors-key-{port}")
    apply(
        sources=(SHOP / "sources.yaml").read_text().rstrip()
        + f"\n  {made.source}:\n    trust: server\n    policy: strict\n    accepts: ['{hashed(made.key)}']\n"
        + f"    tee: {{host: 'http://127.0.0.1:{port}', headers: {{X-Account: ACC}}}}\n"
    )
    return made


def hashed(key: str) -> str:
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def status(shop: Shop, source: str) -> dict[str, Any]:
    (found,) = shop.headrace("tee", "status", "--source", source)["sources"]
    return dict(found)


def test_the_vendor_gets_what_the_client_sent_and_both_answers_are_compared(
    shop: Shop, teed: Teed, vendor: Vendor
) -> None:
    body = gzip.compress(json.dumps({"batch": [track("teed-1", "Login")]}).encode())
    assert shop.post("batch", body, key=teed.key).status == 200

    (got,) = eventually(lambda: list(vendor.got), bool)
    assert (got.method, got.path, got.body) == ("POST", "/v1/batch", body)
    assert got.headers["authorization"].startswith("Basic ")
    assert got.headers["x-account"] == "ACC"
    assert got.headers["host"] == f"127.0.0.1:{vendor.server.server_port}"
    found = eventually(lambda: status(shop, teed.source), lambda found: bool(found["forwarded"]))
    assert found["answers"] == [{"ours": 200, "theirs": 200, "requests": 1}]
    assert found["differences"] == []


def test_what_we_refuse_the_vendor_may_take_and_the_other_way_round(
    shop: Shop, teed: Teed, vendor: Vendor
) -> None:
    vendor.planned = [200]
    assert shop.post("batch", {"batch": [track("teed-2", "No Such Event")]}, key=teed.key).status == 400
    eventually(lambda: len(vendor.got), lambda got: got == 1)
    vendor.planned = [400]
    assert shop.post("batch", {"batch": [track("teed-2", "Login")]}, key=teed.key).status == 200

    found = eventually(lambda: status(shop, teed.source), lambda found: found["forwarded"] == 2)

    assert [(one["ours"], one["theirs"]) for one in found["differences"]] == [(200, 400), (400, 200)]
    refused = found["differences"][1]
    assert [event["id"] for event in shop.headrace("rejected", "list") if event["user_id"] == "teed-2"] == [
        f"{refused['request']}-0"
    ]


def test_a_vendor_that_is_down_gets_it_later_and_once(shop: Shop, teed: Teed, vendor: Vendor) -> None:
    vendor.planned = [503]
    assert shop.post("batch", {"batch": [track("teed-3", "Login")]}, key=teed.key).status == 200

    found = eventually(lambda: status(shop, teed.source), lambda found: found["forwarded"] == 1)

    assert len(vendor.got) == 2
    assert vendor.got[0].body == vendor.got[1].body
    assert (found["tries_again"], found["failed"], found["agreed"]) == (1, 0, 1)


def test_credentials_that_are_set_replace_the_clients_within_a_minute(
    shop: Shop, teed: Teed, vendor: Vendor
) -> None:
    done = subprocess.run(
        [PROGRAM, "tee", "secret", teed.source, "--header", "Authorization"],
        input="Bearer of-ours\n", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    def forwarded() -> list[str]:
        assert shop.post("batch", {"batch": [track("teed-4", "Login")]}, key=teed.key).status == 200
        return [got.headers["authorization"] for got in vendor.got]

    eventually(forwarded, lambda seen: "Bearer of-ours" in seen, 90)
    assert status(shop, teed.source)["credentials"] == {"headers": ["Authorization"], "query": []}
