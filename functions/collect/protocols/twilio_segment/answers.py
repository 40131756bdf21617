"""What the sender is told: how many events were accepted, and of every rejected one which rule it broke.

Twilio Segment says nothing but success. RudderStack's SDKs take only 200 for success, and read `code` and `message`
from any JSON body of an error: without them they send it again.
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.rejection import Rejection, readable, told_as
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import Refused, Response


def answer(call: Call, outcome: Outcome) -> Response:
    """`success` when one event was accepted, or none was sent. Otherwise `code` and `message` are those of the events,
    or `rejected` when they differ. Of the rejected ones as many are listed as fit into an answer."""
    accepted, rejected = outcome.accepted, outcome.rejected
    taken = {"observed": outcome.observed} if outcome.observed else {}
    if not rejected:
        return Response(200, {"success": True, "accepted": accepted, "rejected": [], **taken})
    listed = call.format.listed.rejected(map(_told, rejected), len(rejected))
    if accepted:
        return Response(200, {"success": True, "accepted": accepted, **listed, **taken})
    message = (
        rejected[0].reasons[0].message
        if len(rejected) == 1
        else f"none of the {len(rejected)} events was accepted"
    )
    said = {"success": False, "code": told_as(rejected), "message": message, "accepted": 0}
    return Response(400, said | listed)


def refuse(_call: Call, refused: Refused) -> Response:
    return Response(refused.status, {"success": False, "code": refused.code, "message": refused.message})


def _told(one: Rejection) -> dict[str, Any]:
    return {
        "index": one.position,
        "id": readable(one.fields.get("id")),
        "reasons": [reason.as_dict() for reason in one.reasons],
    }
