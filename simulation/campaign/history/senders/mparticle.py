"""mParticle's events API: https://docs.mparticle.com/developers/apis/http/"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from simulation.campaign.history.senders.client import JSON, Client, ToSay, Written, basic, milliseconds


def write(key: str, events: Sequence[ToSay], sent_at: datetime | None) -> Written:  # noqa: ARG001  as the server SDKs
    """A batch is of one person: another person's events are another batch of the request."""
    people: dict[tuple[str | None, str | None], list[ToSay]] = {}
    for one in events:
        people.setdefault((one.user, one.anonymous), []).append(one)
    batches = [_batch(user, anonymous, of_them) for (user, anonymous), of_them in people.items()]
    path, body = ("/v2/events", batches[0]) if len(batches) == 1 else ("/v2/bulkevents", batches)
    return Written(path, (JSON, basic(key, "secret")), orjson.dumps(body))


def _batch(user: str | None, anonymous: str | None, events: Sequence[ToSay]) -> dict[str, Any]:
    batch: dict[str, Any] = {"environment": "production", "events": [_event(one) for one in events]}
    if user is not None:
        batch["user_identities"] = {"customerid": user}
    if anonymous is not None:
        batch["mp_deviceid"] = anonymous
    return batch


def _event(one: ToSay) -> dict[str, Any]:
    data: dict[str, Any] = {
        "event_name": one.name,
        "custom_event_type": "other",
        "source_message_id": one.marker,
        "custom_attributes": dict(one.properties),
    }
    if one.at is not None:
        data["timestamp_unixtime_ms"] = milliseconds(one.at)
    return {"event_type": "custom_event", "data": data}


CLIENT = Client("mparticle", write, frozenset({"track"}), says_sent_at=False)
