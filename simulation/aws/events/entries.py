"""PutEvents: what it takes, entry by entry.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from simulation.aws.calls import Answer, AwsError, Call, Untaken

MOST_ENTRIES, MOST_BYTES = 10, 256 * 1024
"""Of one PutEvents. AWS documents 1 MB since 2025, where it has arrived; before, it was 256 KB."""

THROTTLED = "ThrottlingException"

REQUIRED = ("Source", "DetailType", "Detail")

Take = Callable[[dict[str, Any], dict[str, Any]], str]
"""Takes an entry and its detail, and gives the id of it."""


def put(call: Call, take: Take, untaken: Untaken) -> Answer:
    """Raises AwsError for a call that is refused whole."""
    entries = call.asked["Entries"]
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise AwsError(
            "ValidationException",
            "Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to "
            f"{MOST_ENTRIES}",
        )
    if sum(map(entry_bytes, entries)) > MOST_BYTES:
        raise AwsError("ValidationException", "Total size of the entries in the request is over the limit.")
    left = untaken(call, len(entries))
    outcomes = [
        _failed(THROTTLED, "Rate exceeded") if position in left else _taken(entry, take)
        for position, entry in enumerate(entries)
    ]
    return {"FailedEntryCount": sum("ErrorCode" in one for one in outcomes), "Entries": outcomes}


def _taken(entry: dict[str, Any], take: Take) -> Answer:
    for name in REQUIRED:
        if not entry.get(name):
            return _failed(
                "InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument."
            )
    try:
        detail = orjson.loads(entry["Detail"])
    except orjson.JSONDecodeError:
        detail = None
    if not isinstance(detail, dict):
        return _failed("MalformedDetail", "Detail is malformed.")
    return {"EventId": take(entry, detail)}


def _failed(code: str, message: str) -> Answer:
    return {"ErrorCode": code, "ErrorMessage": message}


def entry_bytes(entry: Mapping[str, Any]) -> int:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html"""
    size = 14 if "Time" in entry else 0
    size += sum(len(entry.get(name, "").encode()) for name in ("Source", "DetailType", "Detail"))
    return size + sum(len(one.encode()) for one in entry.get("Resources", []))
