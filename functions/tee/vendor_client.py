"""HTTPS to a vendor, by the rules of `shared.outgoing.calls`. Connections are kept: a source has one host all day."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import SplitResult

import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util import SKIP_HEADER

from functions.tee.vendor_request import VendorRequest
from shared.outgoing.calls import (
    CALL_SECONDS,
    Resolve,
    addresses_of,
    connections_to,
    host_header,
    retry_after,
    target_of,
    translated,
)

TIMEOUT = urllib3.Timeout(connect=3, read=10)

CHECKED_SECONDS = 60.0
"""Seconds for which connections go to the same address. After that the name is resolved and checked again."""

CONNECTIONS = 10

LARGEST_ANSWER = 256 * 1024
"""Bytes of an answer that are read, only to count them and to reuse the connection."""

UNSAID = {"user-agent": SKIP_HEADER, "accept-encoding": SKIP_HEADER}
"""Headers that are not added if the client did not send them."""


class Reply(NamedTuple):
    """`size` counts bytes of the body, at most LARGEST_ANSWER; `retry_after` is seconds, where it is a number."""

    status: int
    size: int
    content_type: str
    retry_after: int | None


class VendorClient:
    """`allow_private` is for the laptop: plain http and any address."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = addresses_of,
        seconds: float = CALL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._seconds = seconds
        self._clock = clock
        self._checked: dict[str, tuple[float, urllib3.HTTPConnectionPool]] = {}
        self._checking = threading.Lock()

    def ask(self, vendor_request: VendorRequest) -> Reply:
        """Raises NotAllowed, NotReached or NoAnswer. Redirects are answers like others."""
        target = target_of(vendor_request.host, allow_private=self._allow_private)
        pool = self._connections(vendor_request.host, target)
        try:
            answer = pool.urlopen(
                vendor_request.method,
                vendor_request.target,
                body=vendor_request.body,
                headers={**UNSAID, **_sendable(vendor_request.headers), "host": host_header(target)},
                timeout=TIMEOUT,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            size = self._read(answer)
        except HTTPError as error:
            raise translated(error) from error
        return Reply(
            answer.status,
            size,
            (answer.headers.get("content-type") or "").partition(";")[0].strip().lower()[:100],
            retry_after(answer.headers.get("retry-after")),
        )

    def _connections(self, host: str, target: SplitResult) -> urllib3.HTTPConnectionPool:
        with self._checking:
            until, pool = self._checked.get(host, (float("-inf"), None))
            if pool is None or self._clock() >= until:
                pool = connections_to(
                    target,
                    allow_private=self._allow_private,
                    resolve=self._resolve,
                    seconds=self._seconds,
                    most=CONNECTIONS,
                )
                self._checked[host] = (self._clock() + CHECKED_SECONDS, pool)
            return pool

    def _read(self, answer: urllib3.BaseHTTPResponse) -> int:
        """Read the body and return its size. If it does not end in time, the bytes so far are counted; the status is
        already known."""
        size = 0
        try:
            while part := answer.read1(16 * 1024, decode_content=False):
                size += len(part)
                if size >= LARGEST_ANSWER:
                    answer.close()
                    return LARGEST_ANSWER
        except ReadTimeoutError:
            answer.close()
            return size
        answer.release_conn()
        return size


def _sendable(headers: dict[str, str]) -> dict[str, str]:
    """HTTP's headers are Latin-1; what a client said in other letters goes as UTF-8."""
    return {name: value.encode("utf-8", "replace").decode("latin-1") for name, value in headers.items()}
