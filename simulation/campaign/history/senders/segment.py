"""Twilio Segment's HTTP API, which is Headrace's own: https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from simulation.campaign.history.senders.client import JSON, Client, ToSay, Written, basic


def write(key: str, events: Sequence[ToSay], sent_at: datetime | None) -> Written:
    sent = {"sentAt": sent_at.isoformat()} if sent_at is not None else {}
    if len(events) == 1:
        body = {**_call(events[0]), **sent}
        return Written(f"/v1/{events[0].type}", (JSON, basic(key)), orjson.dumps(body))
    batch = {"batch": [{"type": one.type, **_call(one)} for one in events], **sent}
    return Written("/v1/batch", (JSON, basic(key)), orjson.dumps(batch))


def _call(one: ToSay) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if one.other_ids:
        context["externalIds"] = [{"type": kind, "id": value} for kind, value in one.other_ids.items()]
    if one.device_token:
        context["device"] = {"id": f"d-{one.device_token}", "type": "android", "token": one.device_token}
    said: dict[str, Any] = {
        "messageId": one.marker,
        "userId": one.user,
        "anonymousId": one.anonymous,
        "previousId": one.previous,
        "event": one.name if one.type == "track" else None,
        "properties": dict(one.properties) or None,
        "traits": dict(one.traits) or None,
        "context": context or None,
        "timestamp": one.at.isoformat() if one.at is not None else None,
    }
    return {name: value for name, value in said.items() if value is not None}


CLIENT = Client("twilio_segment", write, frozenset({"track", "identify", "alias", "page"}))
