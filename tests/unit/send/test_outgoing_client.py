"""The webhook client, against a server of its own and addresses it must not touch."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from functions.send import outgoing_client
from functions.send.outgoing_client import OutgoingClient
from shared.messaging.messages import Why
from shared.messaging.providers import OutcomeUnknown, ProviderRefused, ProviderThrottled, ProviderUnavailable


class Receiver(BaseHTTPRequestHandler):
    """Answers with the status its path names; `/hang` never does."""

    seen: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []
    release = threading.Event()
    said: ClassVar[dict[str, bytes]] = {
        "/422": b'{"error": "no such field"}',
        "/413": b"x" * 10_000,
        "/410": b"",
    }
    promised: ClassVar[dict[str, int]] = {"/404": 100}
    """Bytes it announces; it ends before."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, dict(self.headers.items()), body))
        if self.path == "/hang":
            self.release.wait(5)
            return
        self.send_response(int(self.path.strip("/").partition("?")[0]))
        self.send_header("Location", "/200")
        said = self.said.get(self.path, b"ok")
        self.send_header("Content-Length", str(max(len(said), self.promised.get(self.path, 0))))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def served(context: ssl.SSLContext | None = None) -> Iterator[int]:
    Receiver.seen.clear()
    Receiver.release.clear()
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        Receiver.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def port() -> Iterator[int]:
    with served() as at:
        yield at


def post(url: str, client: OutgoingClient | None = None) -> str:
    return (client or OutgoingClient(allow_private=True)).post(
        url, body=b'{"a": 1}', headers={"Content-Type": "application/json", "Idempotency-Key": "m1"}
    )


def test_the_body_and_the_headers_arrive(port: int) -> None:
    assert post(f"http://localhost:{port}/200?key=k1") == "200"

    ((path, headers, body),) = Receiver.seen
    assert (path, body) == ("/200?key=k1", b'{"a": 1}')
    assert (headers["Content-Type"], headers["Idempotency-Key"]) == ("application/json", "m1")
    assert headers["Host"] == f"localhost:{port}"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_2xx_is_success(port: int, status: int) -> None:
    assert post(f"http://127.0.0.1:{port}/{status}") == str(status)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_receiver_that_is_busy_or_broken_is_tried_later(port: int, status: int) -> None:
    with pytest.raises(ProviderUnavailable, match=str(status)) as failure:
        post(f"http://127.0.0.1:{port}/{status}")
    assert type(failure.value) is ProviderUnavailable


def test_a_receiver_that_has_too_much_to_do_says_so(port: int) -> None:
    with pytest.raises(ProviderThrottled):
        post(f"http://127.0.0.1:{port}/429")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410])
def test_a_refusal_is_for_good_and_no_redirect_is_followed(port: int, status: int) -> None:
    with pytest.raises(ProviderRefused) as refused:
        post(f"http://127.0.0.1:{port}/{status}")
    assert refused.value.why is Why.PROVIDER_REFUSED
    assert len(Receiver.seen) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (422, 'status 422: {"error": "no such field"}'),
        (413, "status 413: " + "x" * outgoing_client.LONGEST_WORDS),
        (410, "status 410"),
    ],
)
def test_a_refusal_says_what_the_receiver_said_so_far_as_one_wants_to_read(
    port: int, status: int, words: str
) -> None:
    with pytest.raises(ProviderRefused) as refused:
        post(f"http://127.0.0.1:{port}/{status}")
    assert refused.value.words == words


def test_a_refusal_that_breaks_off_is_a_refusal(port: int) -> None:
    with pytest.raises(ProviderRefused) as refused:
        post(f"http://127.0.0.1:{port}/404")
    assert refused.value.why is Why.PROVIDER_REFUSED


def test_a_receiver_that_is_not_there_got_nothing(port: int) -> None:
    free = HTTPServer(("127.0.0.1", 0), Receiver)
    unused = free.server_port
    free.server_close()
    with pytest.raises(ProviderUnavailable):
        post(f"http://127.0.0.1:{unused}/200")


def test_a_receiver_that_never_answers_may_have_got_it(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing_client, "TIMEOUT", urllib3.Timeout(connect=1, read=0.2))
    with pytest.raises(OutcomeUnknown):
        post(f"http://127.0.0.1:{port}/hang")
    assert len(Receiver.seen) == 1


@pytest.mark.parametrize(
    "resolved", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:169.254.169.254"]]
)
def test_a_name_with_an_address_that_is_not_public_is_refused(resolved: list[str]) -> None:
    client = OutgoingClient(resolve=lambda *_: resolved)
    with pytest.raises(ProviderRefused) as refused:
        post("https://hook.example/x", client)
    assert refused.value.why is Why.ADDRESS_NOT_VALID


def test_on_the_laptop_alone_a_private_address_is_called(port: int) -> None:
    with pytest.raises(ProviderRefused):
        post(f"http://127.0.0.1:{port}/200", OutgoingClient())
    assert Receiver.seen == []


URLS = [
    "http://x.example/",
    "ftp://x.example/",
    "x.example",
    "https://",
    "https://u:p@x.example/",
    "https://[::1",
    "https://x.example:99999/",
]


@pytest.mark.parametrize("url", URLS)
def test_only_https_urls_are_called(url: str) -> None:
    client = OutgoingClient(resolve=lambda *_: ["93.184.216.34"])
    with pytest.raises(ProviderRefused) as refused:
        post(url, client)
    assert refused.value.why is Why.ADDRESS_NOT_VALID


def nowhere(host: str, port: int) -> list[str]:
    raise OSError("no such host")


def test_a_name_that_does_not_resolve_is_tried_later() -> None:
    for client in (OutgoingClient(resolve=nowhere), OutgoingClient(resolve=lambda *_: [])):
        with pytest.raises(ProviderUnavailable):
            post("https://hook.example/x", client)


def certificate(name: str, folder: Path) -> Path:
    """A self-signed certificate for the name, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("name", ["hook.example", "other.example"])
def test_the_certificate_must_be_the_hosts_though_the_connection_goes_to_its_address(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(name, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    client = OutgoingClient(allow_private=True, resolve=lambda *_: ["127.0.0.1"])
    with served(context) as port:
        url = f"https://hook.example:{port}/200"
        if name == "hook.example":
            assert post(url, client) == "200"
            assert Receiver.seen[0][1]["Host"] == f"hook.example:{port}"
        else:
            with pytest.raises(ProviderUnavailable):
                post(url, client)
            assert Receiver.seen == []
