"""Snowplow's tracker protocol, structured events: https://docs.snowplow.io/docs/events/going-deeper/event-parameters/

A structured event has a fixed set of fields; the marker is its label.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from simulation.campaign.history.senders.client import JSON, Client, ToSay, Written, milliseconds

SCHEMA = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"


def write(key: str, events: Sequence[ToSay], sent_at: datetime | None) -> Written:
    data = [_event(key, one, sent_at) for one in events]
    return Written(
        "/com.snowplowanalytics.snowplow/tp2", (JSON,), orjson.dumps({"schema": SCHEMA, "data": data})
    )


def _event(key: str, one: ToSay, sent_at: datetime | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "e": "se",
        "eid": one.marker,
        "p": "srv",
        "aid": key,
        "tv": "py-1.1.0",
        "se_ca": "shop",
        "se_ac": one.name,
        "se_la": one.marker,
    }
    if one.user is not None:
        said["uid"] = one.user
    if one.anonymous is not None:
        said["duid"] = one.anonymous
    if one.at is not None:
        said["dtm"] = str(milliseconds(one.at))
    if sent_at is not None:
        said["stm"] = str(milliseconds(sent_at))
    return said


CLIENT = Client("snowplow", write, frozenset({"track"}))
