"""CleverTap's upload: https://developer.clevertap.com/docs/upload-events-api

Its records have no ids: an equal record with an equal time is the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from simulation.campaign.history.senders.client import JSON, Client, ToSay, Written


def write(key: str, events: Sequence[ToSay], sent_at: datetime | None) -> Written:  # noqa: ARG001  it never says so
    headers = (JSON, ("x-clevertap-account-id", "ACC-1"), ("x-clevertap-passcode", key))
    return Written("/1/upload", headers, orjson.dumps({"d": [_record(one) for one in events]}))


def _record(one: ToSay) -> dict[str, Any]:
    if one.at is None:
        raise ValueError("without a time, two records could not be told apart")
    said: dict[str, Any] = {"ts": int(one.at.timestamp())}
    if one.user is not None:
        said["identity"] = one.user
    if one.anonymous is not None:
        said["objectId"] = one.anonymous
    if one.type == "track":
        return {**said, "type": "event", "evtName": one.name, "evtData": dict(one.properties)}
    data = dict(one.traits)
    if one.logged is not None:
        data["log"] = {"$add": [one.logged]}
    return {**said, "type": "profile", "profileData": data}


CLIENT = Client(
    "clevertap",
    write,
    frozenset({"track", "identify"}),
    says_log=True,
    says_sent_at=False,
    gives_ids=False,
    resolution=1000,
)
