"""For `Headrace-Debug`: what became of each event of a request, whatever the protocol."""

from __future__ import annotations

from typing import Any

import orjson

from functions.collect.canonical import JSON_OPTIONS, Item
from functions.collect.rejection import Rejection
from shared.records import SHARED_WITH_EVENTS

LARGEST = 4 * 1024 * 1024
"""Bytes. Lambda answers with at most 6 MB."""


def explained(
    common: dict[str, Any], items: list[Item], rejected: list[Rejection]
) -> list[dict[str, Any]] | None:
    """Each event in canonical form, as far as it got, and its verdict; None when too much.

    Judging completed the fields of the items in place.
    """
    shared = {name: common[name] for name in SHARED_WITH_EVENTS if name in common}
    reasons = {one.position: [reason.as_dict() for reason in one.reasons] for one in rejected}
    found: list[dict[str, Any]] = []
    for position, (fields, _) in enumerate(items):
        entry = {"index": position, "verdict": "accepted", "event": {**shared, **fields}}
        if position in reasons:
            entry |= {"verdict": "rejected", "reasons": reasons[position]}
            try:
                orjson.dumps(entry, option=JSON_OPTIONS)
            except TypeError:  # what made it malformed cannot be written here either
                entry["event"] = None
        found.append(entry)
    return found if len(orjson.dumps(found, option=JSON_OPTIONS)) <= LARGEST else None
