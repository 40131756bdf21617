"""HTTP calls to addresses that operators configured: never into a private network, without redirects, and with a
deadline.

The host is resolved once, every address it has must be public, and the connection goes to the address that was
checked: a name that later resolves to something else (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Collection
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from shared.outgoing.public_addresses import is_public
from shared.outgoing.timed_connections import within

Resolve = Callable[[str, int], list[str]]

PORTS = {"https": 443, "http": 80}

CALL_SECONDS = 12.0
"""Seconds of a call, from the connection to the last byte of the answer. The callers' `NEEDED` is longer."""


class NotAllowed(Exception):
    """The address may not be called. Nothing was sent, and nothing will be while it stays the same."""


class NotReached(Exception):
    """Nothing was sent. The same call may work later."""


class NoAnswer(Exception):
    """The request was sent, at least partly, but no answer came."""


def addresses_of(host: str, port: int) -> list[str]:
    """The system's resolver. Raises OSError, or UnicodeError for a name that cannot be one."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def target_of(url: str, *, allow_private: bool) -> SplitResult:
    """The URL in parts: https, or also http where private addresses are allowed. Raises NotAllowed."""
    try:
        target = urlsplit(url)
        usable = target.hostname and (target.port is None or target.port > 0) and target.username is None
    except ValueError as error:
        raise NotAllowed("not a URL") from error
    if not usable or target.scheme not in (("https", "http") if allow_private else ("https",)):
        raise NotAllowed("not an https URL")
    return target


def is_at(url: str, hosts: Collection[str]) -> bool:
    """Whether it is a path on one of these hosts, by https on its usual port."""
    try:
        target = target_of(url, allow_private=False)
    except NotAllowed:
        return False
    return target.hostname in hosts and target.port in (None, PORTS["https"]) and bool(target.path.strip("/"))


def host_header(target: SplitResult) -> str:
    host = target.hostname or ""
    return host if target.port is None else f"{host}:{target.port}"


def connections_to(
    target: SplitResult,
    *,
    allow_private: bool,
    resolve: Resolve,
    seconds: float = CALL_SECONDS,
    most: int = 1,
) -> urllib3.HTTPConnectionPool:
    """Connections to an address of the target's host, at most so many kept. Each call on one is over within `seconds`.

    Raises NotAllowed or NotReached.
    """
    address = _address(target, allow_private, resolve)
    port = target.port or PORTS[target.scheme]
    if target.scheme == "http":
        return within(seconds, urllib3.HTTPConnectionPool(address, port, maxsize=most))
    pool = urllib3.HTTPSConnectionPool(
        address, port, maxsize=most, cert_reqs="CERT_REQUIRED", server_hostname=target.hostname
    )
    return within(seconds, pool)


def translated(error: HTTPError) -> NotReached | NoAnswer:
    """Translate urllib3's error: before the request was written nothing was sent, and after that the outcome is
    unknown."""
    never_left = isinstance(error, NewConnectionError | ConnectTimeoutError) or isinstance(
        error.args[0] if error.args else None, ssl.SSLCertVerificationError
    )
    return (NotReached if never_left else NoAnswer)(type(error).__name__)


def retry_after(header: str | None) -> int | None:
    """The seconds of a `Retry-After`; None where there is none, or a date."""
    text = (header or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def _address(target: SplitResult, allow_private: bool, resolve: Resolve) -> str:
    """The first address of the host, one of IPv4 before others."""
    try:
        addresses = resolve(target.hostname or "", target.port or PORTS[target.scheme])
    except (OSError, UnicodeError) as error:
        raise NotReached("the host has no address") from error
    if not addresses:
        raise NotReached("the host has no address")
    if not allow_private and not all(map(is_public, addresses)):
        raise NotAllowed("the host has an address that is not public")
    return next((address for address in addresses if ":" not in address), addresses[0])
