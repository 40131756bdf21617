"""Slack: a post by an incoming webhook, whose URL the stack's outgoing secret has.

Slack knows no key of idempotency: a post whose outcome nobody knows is not sent again, for then it might stand there
twice. It takes about one post a second for each webhook, and says with 429 and `Retry-After` when it wants fewer:
https://docs.slack.dev/apis/web-api/rate-limits. A post to what is archived or gone is refused for good (400, 403, 404
and 410): https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from functions.send.channels.channel import Bootstrapped, Declined, Delivered, MakeClient, Order, Outgoing
from functions.send.environment import Environment
from functions.send.outgoing_secrets import OutgoingSecrets
from shared.aws.secrets import StackSecret
from shared.messaging.channels.slack import SLACK, url_problem
from shared.messaging.messages import Why
from shared.messaging.providers import WebhookProvider
from shared.ports.runtime import Runtime

HEADERS = {"Content-Type": "application/json", "User-Agent": "Headrace"}


def bootstrap(names: Environment, runtime: Runtime, client: MakeClient) -> Bootstrapped:
    secrets = OutgoingSecrets(
        StackSecret(names.outgoing_secret_arn), ("receivers", SLACK.name), runtime.ticks
    )
    provider = client(allow_private=names.allow_private_webhooks)
    return Bootstrapped(SlackChannel(provider, secrets.of, any_host=names.allow_private_webhooks))


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """`url` gives the incoming webhook of a receiver by name, or None. Raises Unavailable. `any_host` is for the
    laptop, where another server may stand in for Slack."""

    provider: WebhookProvider
    url: Callable[[str], str | None]
    any_host: bool = False

    def address(self, order: Order) -> str | None:
        """The receiver's name: the URL is a secret as a whole."""
        return order.campaign.receiver

    def outgoing(self, order: Order, render: Callable[[], dict[str, str]]) -> Outgoing:
        to = self.address(order)
        url = self.url(to) if to is not None else None
        if to is None or url is None:
            raise Declined(Why.CHANNEL_NOT_CONFIGURED)
        if not self.any_host and url_problem(url) is not None:
            raise Declined(Why.ADDRESS_NOT_VALID)
        body = orjson.dumps(payload(render()))
        return Outgoing(
            to=to,
            deliver=lambda: Delivered(self.provider.post(url, body=body, headers=HEADERS)),
            receiver=f"{SLACK.name} {to}",
        )


def payload(parts: Mapping[str, str]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/messaging/payload"""
    said: dict[str, Any] = {"text": parts["text"].strip()}
    return {**said, "blocks": orjson.loads(parts["blocks"])} if "blocks" in parts else said
