"""Read requests: bus entries in SQS messages."""

from __future__ import annotations

from collections.abc import Collection

import orjson

from shared.bus_entries import MessageRequested
from shared.messaging.channels import Channel


def read(body: str, channels: Collection[Channel]) -> MessageRequested:
    """The request in a message's body. Raises ValueError if it is not a request, or is for another channel."""
    envelope = orjson.loads(body)
    if not isinstance(envelope, dict) or envelope.get("detail-type") != MessageRequested.detail_type:
        raise ValueError("not a Message Requested")
    request = MessageRequested.model_validate(envelope.get("detail"))
    if request.channel not in channels:
        raise ValueError(f"a message for {request.channel}, not for {', '.join(channels)}")
    return request
