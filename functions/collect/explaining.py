"""For `Headrace-Debug`: what became of each event of a request, whatever the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from functions.collect.answer_size import MOST, as_many_as_fit, size_of
from functions.collect.canonical import JSON_OPTIONS, Item
from functions.collect.rejection import Rejection
from shared.records import SHARED_WITH_EVENTS


def explained(
    common: dict[str, Any], items: list[Item], rejected: list[Rejection], beside: dict[str, Any]
) -> dict[str, Any]:
    """What is added `beside` the answer's own fields: `events`, each in canonical form, as far as it got, and its
    verdict, and where not all of them have room, `events_not_shown`, how many are left out.

    Judging completed the fields of the items in place.
    """
    shown = as_many_as_fit(_entries(common, items, rejected), MOST - size_of(beside))
    more = {"events_not_shown": len(items) - len(shown)} if len(shown) < len(items) else {}
    return {"events": shown, **more}


def _entries(
    common: dict[str, Any], items: list[Item], rejected: list[Rejection]
) -> Iterator[dict[str, Any]]:
    shared = {name: common[name] for name in SHARED_WITH_EVENTS if name in common}
    reasons = {one.position: [reason.as_dict() for reason in one.reasons] for one in rejected}
    for position, (fields, _) in enumerate(items):
        entry = {"index": position, "verdict": "accepted", "event": {**shared, **fields}}
        if position in reasons:
            entry |= {"verdict": "rejected", "reasons": reasons[position]}
            try:
                orjson.dumps(entry, option=JSON_OPTIONS)
            except TypeError:  # what made it malformed cannot be written here either
                entry["event"] = None
        yield entry
