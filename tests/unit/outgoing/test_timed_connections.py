"""Calls end by their deadline, whatever a receiver does: real sockets, which send or read a little at a time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from functions.send.outgoing_client import OutgoingClient
from functions.tee.vendor_client import Reply, VendorClient
from functions.tee.vendor_request import VendorRequest
from shared.messaging.providers import OutcomeUnknown
from shared.outgoing.calls import NoAnswer

SECONDS = 0.6
"""What a call is given here. A receiver lets less than that pass between any two of its bytes."""

STEP = 0.1

Receiver = Callable[[socket.socket, threading.Event], None]


@contextmanager
def serving(behaviour: Receiver) -> Iterator[int]:
    """A server that accepts connections and behaves so on each."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    threads: list[threading.Thread] = []

    connections: list[socket.socket] = []

    def behave(connection: socket.socket) -> None:
        connections.append(connection)
        with suppress(OSError):
            behaviour(connection, over)

    def accept() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                threads.append(threading.Thread(target=behave, args=[listening.accept()[0]], daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        over.set()
        accepting.join()
        listening.close()
        for connection in connections:
            with suppress(OSError):  # the client was first
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        for connection in connections:
            connection.close()


def asked(connection: socket.socket) -> None:
    """Read the request, which is a small one."""
    received = b""
    while b"\r\n\r\n{}" not in received:
        more = connection.recv(4096)
        if not more:
            raise ConnectionError("the client is gone")
        received += more


def dripping(connection: socket.socket, over: threading.Event, text: bytes) -> None:
    for byte in text:
        if over.wait(STEP):
            return
        connection.sendall(bytes([byte]))


def drips_its_status(connection: socket.socket, over: threading.Event) -> None:
    asked(connection)
    dripping(connection, over, b"HTTP/1.1 200 " + b"O" * 10_000)


def drips_its_headers(connection: socket.socket, over: threading.Event) -> None:
    asked(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    dripping(connection, over, b"X-Slow: 1\r\n" * 1_000)


def says_for_ever_that_it_goes_on(connection: socket.socket, over: threading.Event) -> None:
    asked(connection)
    while not over.wait(STEP):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def reads_nothing(_: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def reads_slowly(connection: socket.socket, over: threading.Event) -> None:
    while not over.wait(STEP) and connection.recv(16 * 1024):
        pass


def drips_its_body(connection: socket.socket, over: threading.Event) -> None:
    asked(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    dripping(connection, over, b"x" * 1_000)


def drips_chunks(connection: socket.socket, over: threading.Event) -> None:
    asked(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    dripping(connection, over, b"1\r\nx\r\n" * 1_000)


def letter(port: int, body: bytes) -> VendorRequest:
    return VendorRequest("POST", f"http://127.0.0.1:{port}", "/", {}, body)


UNANSWERED = [
    (drips_its_status, b"{}"),
    (drips_its_headers, b"{}"),
    (says_for_ever_that_it_goes_on, b"{}"),
    (reads_nothing, b"x" * 20_000_000),
    (reads_slowly, b"x" * 20_000_000),
]


@pytest.mark.parametrize(("behaviour", "body"), UNANSWERED)
def test_who_never_comes_to_an_answer_is_not_waited_for(behaviour: Receiver, body: bytes) -> None:
    with serving(behaviour) as port:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            VendorClient(allow_private=True, seconds=SECONDS).ask(letter(port, body))
        with pytest.raises(OutcomeUnknown):
            OutgoingClient(allow_private=True, seconds=SECONDS).post(
                f"http://127.0.0.1:{port}/", body=body, headers={}
            )
        assert time.monotonic() - began < 2 * SECONDS + 1


@pytest.mark.parametrize("behaviour", [drips_its_body, drips_chunks])
def test_an_answer_whose_body_does_not_end_counts_by_its_status(behaviour: Receiver) -> None:
    with serving(behaviour) as port:
        began = time.monotonic()
        reply = VendorClient(allow_private=True, seconds=SECONDS).ask(letter(port, b"{}"))
        assert (
            OutgoingClient(allow_private=True, seconds=SECONDS).post(
                f"http://127.0.0.1:{port}/", body=b"{}", headers={}
            )
            == "200"
        )
        assert time.monotonic() - began < 2 * SECONDS + 1
    assert reply.status == 200
    assert 0 < reply.size < 20


def test_each_call_on_a_connection_has_its_own_time() -> None:
    """Together they take longer than one may."""

    def answers_after_a_while(connection: socket.socket, over: threading.Event) -> None:
        while not over.is_set():
            asked(connection)
            over.wait(SECONDS / 4)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with serving(answers_after_a_while) as port:
        client = VendorClient(allow_private=True, seconds=SECONDS)
        for _ in range(6):
            assert client.ask(letter(port, b"{}")) == Reply(204, 0, "", None)
