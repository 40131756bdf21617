"""What clients were told: which events of a request were accepted, in each protocol's own way."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

SKIPPED = re.compile(r"Skipped record number : (\d+)")


def accepted(protocol: str, status: int | None, body: bytes, count: int) -> tuple[bool, ...] | None:
    """Of each event, whether the answer says that it was accepted. None when it says nothing: the client has to send
    again."""
    if status is None or status >= 500 or status == 429:
        return None
    if status >= 300:
        return (False,) * count
    told = _told(body)
    if protocol == "clevertap":
        gone = {
            int(found.group(1)) - 1
            for one in told.get("unprocessed", [])
            if (found := SKIPPED.search(str(one.get("error"))))
        }
    else:
        gone = {one["index"] for one in told.get("rejected", []) if isinstance(one, dict)}
    return tuple(place not in gone for place in range(count))


def _told(body: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
