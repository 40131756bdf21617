"""What the sender is told: how many events were accepted, and of every rejected one which rule it broke.

Twilio Segment says nothing but success. RudderStack's SDKs take only 200 for success, and read `code` and `message`
from any JSON body of an error: without them they send it again.
"""

from __future__ import annotations

from typing import Any

import orjson

from functions.collect.rejection import Rejection, readable, told_as
from functions.collect.responses import Refused, Response
from functions.collect.wire_format import Call, Outcome

LARGEST = 4 * 1024 * 1024
"""Bytes. Lambda answers with at most 6 MB; beyond this, each event is given its first reason alone."""

FEW = 1000
"""Rejected events whose reasons fit however long they are."""


def answer(_call: Call, outcome: Outcome) -> Response:
    """`success` when one event was accepted, or none was sent. Otherwise `code` and `message` are those of the events,
    or `rejected` when they differ."""
    accepted, rejected = outcome.accepted, outcome.rejected
    told = [_told(one, len(one.reasons)) for one in rejected]
    if len(rejected) > FEW and len(orjson.dumps(told)) > LARGEST:
        told = [_told(one, 1) for one in rejected]
    if accepted or not rejected:
        return Response(200, {"success": True, "accepted": accepted, "rejected": told})
    message = (
        rejected[0].reasons[0].message
        if len(rejected) == 1
        else f"none of the {len(rejected)} events was accepted"
    )
    said = {"success": False, "code": told_as(rejected), "message": message, "accepted": 0, "rejected": told}
    return Response(400, said)


def refuse(_call: Call, refused: Refused) -> Response:
    return Response(refused.status, {"success": False, "code": refused.code, "message": refused.message})


def _told(one: Rejection, reasons: int) -> dict[str, Any]:
    return {
        "index": one.position,
        "id": readable(one.fields.get("id")),
        "reasons": [reason.as_dict() for reason in one.reasons[:reasons]],
    }
