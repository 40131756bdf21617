"""Webhook: signed JSON to an address of the workspace's.

The signature is hex HMAC-SHA256 over `<timestamp>.<body>` with the webhook's secret, so that nobody else can send, and
nobody can send an old one again. `Idempotency-Key` is the message's id: a retry has the same.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from functions.send.channels.channel import Bootstrapped, Declined, Delivered, MakeClient, Order, Outgoing
from functions.send.environment import Environment
from functions.send.outgoing_secrets import OutgoingSecrets
from shared.aws.secrets import StackSecret
from shared.messaging.messages import Why
from shared.messaging.providers import WebhookProvider
from shared.ports.runtime import Runtime


def bootstrap(names: Environment, runtime: Runtime, client: MakeClient) -> Bootstrapped:
    secrets = OutgoingSecrets(StackSecret(names.outgoing_secret_arn), ("webhooks",), runtime.ticks)
    provider = client(allow_private=names.allow_private_webhooks)
    return Bootstrapped(WebhookChannel(provider, secrets.of, runtime.now))


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """`secret` gives the signing secret of a webhook by name, or None. Raises Unavailable."""

    provider: WebhookProvider
    secret: Callable[[str], str | None]
    clock: Callable[[], datetime]

    def address(self, order: Order) -> str | None:
        """The URL without its query and user, which may hold keys."""
        webhook = order.settings.webhooks.get(order.campaign.webhook or "")
        if webhook is None:
            return None
        url = urlsplit(webhook.url)
        return urlunsplit((url.scheme, url.netloc.rpartition("@")[2], url.path, "", ""))

    def outgoing(self, order: Order, render: Callable[[], dict[str, str]]) -> Outgoing:
        name, to = order.campaign.webhook, self.address(order)
        secret = self.secret(name) if name is not None and to is not None else None
        if name is None or to is None or secret is None:
            raise Declined(Why.CHANNEL_NOT_CONFIGURED)
        url, body = order.settings.webhooks[name].url, render()["body"].encode()
        return Outgoing(
            to=to,
            deliver=lambda: Delivered(
                self.provider.post(url, body=body, headers=self._headers(order, secret, body))
            ),
            receiver=urlsplit(url).hostname,
        )

    def _headers(self, order: Order, secret: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self.clock().timestamp()))
        return {
            "Content-Type": "application/json",
            "User-Agent": "Headrace",
            "Idempotency-Key": order.request.id,
            "Headrace-Campaign": order.campaign.id,
            "Headrace-Timestamp": timestamp,
            "Headrace-Signature": signature(secret, timestamp, body),
        }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=<hex>`; compare in constant time, and refuse timestamps older than a few minutes."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
