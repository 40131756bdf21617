"""Whoever stages call by HTTPS, and what came there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.tee.vendor_client import Reply
from functions.tee.vendor_request import VendorRequest
from shared.messaging.messages import Why
from shared.messaging.providers import OutcomeUnknown, ProviderRefused, ProviderThrottled, ProviderUnavailable
from shared.outgoing.calls import NoAnswer, NotReached
from simulation.aws.calls import Call, Clock, Failure, Interceptor


@dataclass(frozen=True, slots=True)
class Post:
    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Web:
    """Takes every post, unless a fault happens: `shared.messaging.providers.WebhookProvider`."""

    clock: Clock
    interceptor: Interceptor
    posts: list[Post] = field(default_factory=list)

    def __call__(self, *, allow_private: bool) -> Web:  # noqa: ARG002
        return self

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> str:
        call = Call("web", "POST", {"url": url, "headers": headers, "body": body}, len(body))
        failure = self.interceptor.before(call)
        if failure is not None:
            raise _said(failure, sent=False)
        self.posts.append(Post(self.clock.now(), url, headers, body))
        failure = self.interceptor.after(call, {})
        if failure is not None:
            raise _said(failure, sent=True)
        return "200"


@dataclass(slots=True)
class Vendors:
    """Answer every request, unless a fault happens: `functions.tee.forwarding.Vendor`."""

    clock: Clock
    interceptor: Interceptor
    requests: list[VendorRequest] = field(default_factory=list)

    def ask(self, vendor_request: VendorRequest) -> Reply:
        asked: dict[str, Any] = {"host": vendor_request.host, "target": vendor_request.target}
        call = Call("vendor", vendor_request.method, asked, len(vendor_request.body or b""))
        failure = self.interceptor.before(call)
        if failure is None:
            self.requests.append(vendor_request)
            failure = self.interceptor.after(call, {})
            if failure is not None and not failure.status:
                raise NoAnswer(failure.message)
        if failure is None:
            return Reply(200, 2, "application/json", None)
        if not failure.status:
            raise NotReached(failure.message)
        return Reply(failure.status, len(failure.message), "text/plain", None)


def _said(failure: Failure, *, sent: bool) -> Exception:
    """As `functions.send.outgoing_client` tells it."""
    if not failure.status:
        return OutcomeUnknown(failure.code) if sent else ProviderUnavailable(failure.code)
    words = f"status {failure.status}"
    if failure.status == 429:
        return ProviderThrottled(words)
    if failure.status >= 500:
        return ProviderUnavailable(words)
    return ProviderRefused(Why.PROVIDER_REFUSED, words)
