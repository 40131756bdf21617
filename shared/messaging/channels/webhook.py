"""Webhook: signed JSON to an address of the workspace's."""

from __future__ import annotations

from shared.messaging.channels.declaration import ChannelDeclaration, Part, Receivers

WEBHOOK = ChannelDeclaration(
    name="webhook",
    message="a webhook",
    parts=(Part("body", "json", note=", in JSON. Write values with the filter `json`."),),
    consent="not_asked",
    calls_out=True,
    receivers=Receivers("webhook", ("webhooks",), lambda settings: settings.webhooks),
    reasons=(("address_not_valid", "the webhook's URL is not public"),),
)
