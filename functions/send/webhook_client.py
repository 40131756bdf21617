"""HTTPS POST to an address that operators wrote down: no redirects, and never into a private network.

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

from shared.messages import Why
from shared.providers import OutcomeUnknown, ProviderRefused, ProviderUnavailable

TIMEOUT = urllib3.Timeout(connect=3, read=10)
PORTS = {"https": 443, "http": 80}

LATER = frozenset({408, 425, 429})
"""Refusals after which the same request may work; so may every 5xx."""

TUNNELS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")))
"""IPv6 that leads to an IPv4 address inside it (6to4, Teredo, NAT64)."""


def addresses_of(host: str, port: int) -> list[str]:
    """The system's resolver. Raises OSError, or UnicodeError for a name that cannot be one."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class WebhookClient:
    """`shared.providers.WebhookProvider`. `allow_private` is for the laptop: plain http and any address."""

    def __init__(
        self, *, allow_private: bool = False, resolve: Callable[[str, int], list[str]] = addresses_of
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> str:
        target = self._target(url)
        host = target.hostname or ""
        with self._pool(target, self._address(target)) as pool:
            try:
                answer = pool.request(
                    "POST",
                    target._replace(scheme="", netloc="", fragment="").geturl() or "/",
                    body=body,
                    headers={**headers, "Host": host if target.port is None else f"{host}:{target.port}"},
                    timeout=TIMEOUT,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                answer.close()
            except HTTPError as error:
                raise _translated(error) from error
        if 200 <= answer.status < 300:
            return str(answer.status)
        if answer.status in LATER or answer.status >= 500:
            raise ProviderUnavailable(f"status {answer.status}")
        raise ProviderRefused(Why.PROVIDER_REFUSED, f"status {answer.status}")

    def _target(self, url: str) -> SplitResult:
        try:
            target = urlsplit(url)
            usable = target.hostname and (target.port is None or target.port > 0) and target.username is None
        except ValueError as error:
            raise ProviderRefused(Why.ADDRESS_NOT_VALID, "not a URL") from error
        if not usable or target.scheme not in (("https", "http") if self._allow_private else ("https",)):
            raise ProviderRefused(Why.ADDRESS_NOT_VALID, "not an https URL")
        return target

    def _address(self, target: SplitResult) -> str:
        """The first address of the host. Raises ProviderRefused when one of them is not public."""
        try:
            addresses = self._resolve(target.hostname or "", target.port or PORTS[target.scheme])
        except (OSError, UnicodeError) as error:
            raise ProviderUnavailable("the host has no address") from error
        if not addresses:
            raise ProviderUnavailable("the host has no address")
        if not self._allow_private and not all(map(is_public, addresses)):
            raise ProviderRefused(Why.ADDRESS_NOT_VALID, "the host has an address that is not public")
        return next((address for address in addresses if ":" not in address), addresses[0])

    def _pool(self, target: SplitResult, address: str) -> urllib3.HTTPConnectionPool:
        port = target.port or PORTS[target.scheme]
        if target.scheme == "http":
            return urllib3.HTTPConnectionPool(address, port)
        return urllib3.HTTPSConnectionPool(
            address, port, cert_reqs="CERT_REQUIRED", server_hostname=target.hostname
        )


def _translated(error: HTTPError) -> Exception:
    """Failures before the request was written are harmless; after that nobody knows."""
    never_left = isinstance(error, NewConnectionError | ConnectTimeoutError) or isinstance(
        error.args[0] if error.args else None, ssl.SSLCertVerificationError
    )
    return (ProviderUnavailable if never_left else OutcomeUnknown)(type(error).__name__)


def is_public(address: str) -> bool:
    """Whether the address is on the internet, not in a private, loopback, link-local or otherwise special range."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in tunnel for tunnel in TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast
