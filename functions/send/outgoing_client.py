"""HTTPS POST to an address that operators gave, by the rules of `shared.outgoing.calls`."""

from __future__ import annotations

from http import HTTPStatus

import urllib3
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from shared.messaging.messages import Why
from shared.messaging.providers import OutcomeUnknown, ProviderRefused, ProviderThrottled, ProviderUnavailable
from shared.outgoing.calls import (
    CALL_SECONDS,
    NoAnswer,
    NotAllowed,
    NotReached,
    Resolve,
    addresses_of,
    connections_to,
    host_header,
    retry_after,
    target_of,
    translated,
)

TIMEOUT = urllib3.Timeout(connect=3, read=10)

LONGEST_WORDS = 500
"""Bytes of a refusal that are read."""

LATER = frozenset({408, 425})
"""Refusals after which the same request may work; so may every 5xx."""


class OutgoingClient:
    """`shared.messaging.providers.WebhookProvider`. `allow_private` is for the laptop: plain http and any address."""

    def __init__(
        self, *, allow_private: bool = False, resolve: Resolve = addresses_of, seconds: float = CALL_SECONDS
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._seconds = seconds

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> str:
        try:
            status, words, seconds = self._answered(url, body, headers)
        except NotAllowed as error:
            raise ProviderRefused(Why.ADDRESS_NOT_VALID, str(error)) from error
        except NotReached as error:
            raise ProviderUnavailable(str(error)) from error
        except NoAnswer as error:
            raise OutcomeUnknown(str(error)) from error
        if 200 <= status < 300:
            return str(status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise ProviderThrottled(f"status {status}", seconds)
        if status in LATER or status >= 500:
            raise ProviderUnavailable(f"status {status}")
        raise ProviderRefused(Why.PROVIDER_REFUSED, f"status {status}{f': {words}' if words else ''}")

    def _answered(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, int]:
        """The status; of a refusal, the beginning of what it says; and for how many seconds it wants to rest."""
        target = target_of(url, allow_private=self._allow_private)
        with connections_to(
            target, allow_private=self._allow_private, resolve=self._resolve, seconds=self._seconds
        ) as pool:
            try:
                answer = pool.request(
                    "POST",
                    target._replace(scheme="", netloc="", fragment="").geturl() or "/",
                    body=body,
                    headers={**headers, "Host": host_header(target)},
                    timeout=TIMEOUT,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                words = _beginning(answer) if 400 <= answer.status < 500 else ""
                answer.close()
            except HTTPError as error:
                raise translated(error) from error
        return answer.status, words, retry_after(answer.headers.get("retry-after")) or 0


def _beginning(answer: BaseHTTPResponse) -> str:
    """Whether it can be read says nothing of the message: it was refused."""
    try:
        return answer.read(LONGEST_WORDS).decode(errors="replace").strip()
    except (HTTPError, OSError):
        return ""
