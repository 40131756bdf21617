"""What the sender is told: how many events were accepted, and of every rejected one which rule it broke."""

from __future__ import annotations

from typing import Any

import orjson

from functions.collect.canonical import JSON_OPTIONS, Item
from functions.collect.rejects import readable
from functions.collect.verdicts import Rejection
from shared.records import SHARED_WITH_EVENTS

LARGEST = 4 * 1024 * 1024
"""Bytes. Lambda answers with at most 6 MB; beyond this, each event is given its first reason alone."""

FEW = 1000
"""Rejected events whose reasons fit however long they are."""


def answer(accepted: int, rejected: list[Rejection]) -> dict[str, Any]:
    """`success` when one event was accepted, or none was sent. Otherwise `code` and `message` are those of the events,
    or `rejected` when they differ."""
    told = [_told(one, len(one.reasons)) for one in rejected]
    if len(rejected) > FEW and len(orjson.dumps(told)) > LARGEST:
        told = [_told(one, 1) for one in rejected]
    if accepted or not rejected:
        return {"success": True, "accepted": accepted, "rejected": told}
    first = rejected[0].reasons[0]
    alike = len({one.reasons[0].code for one in rejected}) == 1
    return {
        "success": False,
        "code": first.code.value if alike else "rejected",
        "message": first.message
        if len(rejected) == 1
        else f"none of the {len(rejected)} events was accepted",
        "accepted": 0,
        "rejected": told,
    }


def _told(one: Rejection, reasons: int) -> dict[str, Any]:
    return {
        "index": one.position,
        "id": readable(one.fields.get("id")),
        "reasons": [reason.as_dict() for reason in one.reasons[:reasons]],
    }


def explained(
    common: dict[str, Any], items: list[Item], rejected: list[Rejection]
) -> list[dict[str, Any]] | None:
    """For `Headrace-Debug`: each event in canonical form, as far as it got, and its verdict; None when too much.

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
