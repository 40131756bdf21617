"""The vendor's client, against a server of its own and addresses it must not touch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
import urllib3

from functions.tee import vendor_client
from functions.tee.vendor_client import CHECKED_SECONDS, LARGEST_ANSWER, Reply, VendorClient
from functions.tee.vendor_request import VendorRequest
from shared.outgoing.calls import NoAnswer, NotAllowed, NotReached


class Vendor(BaseHTTPRequestHandler):
    """Answers with the status its path names, and with as many bytes as the query says; `/hang` never does."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []
    connections: ClassVar[set[object]] = set()
    release = threading.Event()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, dict(self.headers.items()), body))
        self.connections.add(self.client_address)
        path, _, size = self.path.partition("?")
        if path == "/hang":
            self.release.wait(5)
            return
        said = b"x" * int(size or 2)
        self.send_response(int(path.strip("/")))
        self.send_header("Location", "/200")
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Retry-After", "7")
        if size == "5":
            self.send_header("Transfer-Encoding", "chunked")
            said = b"5\r\nxxxxx\r\n0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        with suppress(ConnectionError):  # the client has read enough
            self.wfile.write(said)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - the base class's names

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    Vendor.seen.clear()
    Vendor.connections.clear()
    Vendor.release.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port
    Vendor.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


def vendor_request(port: int, target: str, method: str = "POST", **headers: str) -> VendorRequest:
    return VendorRequest(
        method, f"http://localhost:{port}", target, headers, b"{}" if method != "GET" else None
    )


@pytest.fixture
def client() -> VendorClient:
    return VendorClient(allow_private=True)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_what_arrives_is_what_the_client_said_and_nothing_more(
    port: int, client: VendorClient, method: str
) -> None:
    client.ask(vendor_request(port, "/200", method, authorization="Basic abc"))
    ((command, path, headers, body),) = Vendor.seen
    assert (command, path, body) == (method, "/200", b"" if method == "GET" else b"{}")
    said = {name.lower(): value for name, value in headers.items()}
    assert said.pop("content-length", "0") in ("0", "2")
    assert said == {"authorization": "Basic abc", "host": f"localhost:{port}"}


def test_the_clients_own_user_agent_is_kept_and_other_letters_go_as_utf_8(
    port: int, client: VendorClient
) -> None:
    client.ask(vendor_request(port, "/200", **{"user-agent": "sdk/1", "x-name": "ünal"}))
    headers = Vendor.seen[0][2]
    assert headers["user-agent"] == "sdk/1"
    assert headers["x-name"].encode("latin-1").decode() == "ünal"


@pytest.mark.parametrize("status", [200, 302, 400, 429, 503])
def test_every_status_is_told_and_no_redirect_followed(port: int, client: VendorClient, status: int) -> None:
    assert client.ask(vendor_request(port, f"/{status}")) == Reply(status, 2, "application/json", 7)
    assert len(Vendor.seen) == 1


@pytest.mark.parametrize(
    ("asked", "size"), [(0, 0), (5, 5), (70_000, 70_000), (LARGEST_ANSWER * 2, LARGEST_ANSWER)]
)
def test_the_answers_bytes_are_counted_up_to_a_bound(
    port: int, client: VendorClient, asked: int, size: int
) -> None:
    assert client.ask(vendor_request(port, f"/200?{asked}")).size == size


def test_a_connection_is_used_again(port: int, client: VendorClient) -> None:
    for size in (2, 5, 70_000):
        client.ask(vendor_request(port, f"/200?{size}"))
    assert len(Vendor.connections) == 1


def test_a_name_is_checked_again_after_a_minute(port: int) -> None:
    now, asked = [0.0], []

    def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    client = VendorClient(allow_private=True, resolve=resolve, clock=lambda: now[0])
    for moment in (0.0, CHECKED_SECONDS - 1, CHECKED_SECONDS + 1):
        now[0] = moment
        client.ask(vendor_request(port, "/200"))
    assert asked == ["localhost", "localhost"]


def test_a_vendor_that_never_answers_may_have_got_it(
    port: int, client: VendorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor_client, "TIMEOUT", urllib3.Timeout(connect=1, read=0.2))
    with pytest.raises(NoAnswer):
        client.ask(vendor_request(port, "/hang"))


def test_a_vendor_that_is_not_there_got_nothing(client: VendorClient) -> None:
    free = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    unused = free.server_port
    free.server_close()
    with pytest.raises(NotReached):
        client.ask(vendor_request(unused, "/200"))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00:ec2::254"])
def test_no_private_address_is_called(port: int, address: str) -> None:
    client = VendorClient(resolve=lambda *_: [address])
    with pytest.raises(NotAllowed):
        client.ask(VendorRequest("POST", f"https://vendor.example:{port}", "/200", {}, b""))
    with pytest.raises(NotAllowed):
        client.ask(vendor_request(port, "/200"))
    assert Vendor.seen == []
