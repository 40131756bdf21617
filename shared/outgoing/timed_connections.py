"""HTTP connections whose requests end by a deadline, whatever the other side does.

A socket's time-out applies to each wait. A peer that sends or reads one byte a second never exceeds it. Here every wait
gets only the rest of the total time.
"""

from __future__ import annotations

import io
import socket
import time
from functools import partial
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class _Deadline:
    """`at` is a reading of the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def lower(self, sock: socket.socket) -> None:
        """Let no further wait of the socket outlast it. Raises TimeoutError when it has passed."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the whole request has passed")
        waits = sock.gettimeout()
        sock.settimeout(left if waits is None else min(waits, left))


class _Received(io.RawIOBase):
    """What comes on a socket."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._raw: io.RawIOBase = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._deadline.lower(self._sock)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Readable:
    """All that `http.client` wants of a socket to read an answer from it."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._received = _Received(sock, deadline)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._received)


def _answer(sock: socket.socket, deadline: _Deadline, **beside: Any) -> HTTPResponse:
    return HTTPResponse(_Readable(sock, deadline), **beside)  # type: ignore[arg-type]


class _Timed:
    """Put in front of a connection of urllib3's. `seconds` are those of each request, its connecting included."""

    seconds = 10.0
    sock: socket.socket | None
    response_class: Any
    _deadline: _Deadline

    def request(self, *what: Any, **how: Any) -> None:
        self._deadline = _Deadline(self.seconds)
        self.response_class = partial(_answer, deadline=self._deadline)
        super().request(*what, **how)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self._deadline.lower(self.sock)
        super().send(data)  # type: ignore[misc]


class _TimedHttp(_Timed, HTTPConnection):
    pass


class _TimedHttps(_Timed, HTTPSConnection):
    pass


def within(seconds: float, pool: urllib3.HTTPConnectionPool) -> urllib3.HTTPConnectionPool:
    """The pool, of which each request is over within so many seconds: with an answer, or with an error of urllib3's."""
    base = _TimedHttps if isinstance(pool, urllib3.HTTPSConnectionPool) else _TimedHttp
    pool.ConnectionCls = type(base.__name__, (base,), {"seconds": seconds})
    return pool
