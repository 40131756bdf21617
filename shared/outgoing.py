"""Calls to addresses that operators wrote down: never into a private network, and no redirects.

The host is resolved once, every address it has must be public, and the connection goes to the address that was
checked: a name that later resolves to something else (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

Resolve = Callable[[str, int], list[str]]

PORTS = {"https": 443, "http": 80}

TUNNELS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")))
"""IPv6 that leads to an IPv4 address inside it (6to4, Teredo, NAT64)."""


class NotAllowed(Exception):
    """The address is none that may be called; nothing went out, and nothing will while it is the same."""


class NotReached(Exception):
    """Nothing went out; the same call may work later."""


class NoAnswer(Exception):
    """The request went out, or a part of it, and no answer came."""


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


def host_header(target: SplitResult) -> str:
    host = target.hostname or ""
    return host if target.port is None else f"{host}:{target.port}"


def connections_to(
    target: SplitResult, *, allow_private: bool, resolve: Resolve, most: int = 1
) -> urllib3.HTTPConnectionPool:
    """Connections to an address of the target's host, at most so many kept. Raises NotAllowed or NotReached."""
    address = _address(target, allow_private, resolve)
    port = target.port or PORTS[target.scheme]
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, maxsize=most)
    return urllib3.HTTPSConnectionPool(
        address, port, maxsize=most, cert_reqs="CERT_REQUIRED", server_hostname=target.hostname
    )


def translated(error: HTTPError) -> NotReached | NoAnswer:
    """Failures before the request was written are harmless; after that nobody knows."""
    never_left = isinstance(error, NewConnectionError | ConnectTimeoutError) or isinstance(
        error.args[0] if error.args else None, ssl.SSLCertVerificationError
    )
    return (NotReached if never_left else NoAnswer)(type(error).__name__)


def is_public(address: str) -> bool:
    """Whether the address is on the internet, not in a private, loopback, link-local or otherwise special range."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in tunnel for tunnel in TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast


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
