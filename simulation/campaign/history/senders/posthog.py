"""PostHog's batch as its server SDKs send it: https://posthog.com/docs/api/capture"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from simulation.campaign.history.senders.client import JSON, Client, ToSay, Written


def write(key: str, events: Sequence[ToSay], sent_at: datetime | None) -> Written:
    body: dict[str, Any] = {"api_key": key, "batch": [_event(one) for one in events]}
    if sent_at is not None:
        body["sent_at"] = sent_at.isoformat()
    return Written("/batch/", (JSON,), orjson.dumps(body))


def _event(one: ToSay) -> dict[str, Any]:
    properties: dict[str, Any] = dict(one.properties)
    if one.user is None:
        properties["$device_id"] = one.anonymous  # a visitor is known by their device
    elif one.anonymous is not None:
        properties["$anon_distinct_id"] = one.anonymous
    said: dict[str, Any] = {
        "uuid": one.marker,
        "event": one.name if one.type == "track" else "$set",
        "distinct_id": one.user or one.anonymous,
        "properties": properties,
    }
    if one.type == "identify":
        said["$set"] = dict(one.traits)
    if one.at is not None:
        said["timestamp"] = one.at.isoformat()
    return said


CLIENT = Client("posthog", write, frozenset({"track", "identify"}))
