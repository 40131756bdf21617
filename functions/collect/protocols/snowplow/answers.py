"""What trackers are told. They look at the status alone: what fails with any but 400, 401, 403, 410 and 422 comes
again, for ever."""

from __future__ import annotations

import base64
from typing import Any

from functions.collect.adapter.rejection import Rejection, readable, told_as
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.snowplow.routes import PIXEL

GIF = base64.b64decode("R0lGODlhAQABAPAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""One transparent pixel."""

NO_COPIES = {"cache-control": "no-store"}

INSTEAD = {413: 400}
"""What is too large is as large the next time."""


def answer(call: Call, outcome: Outcome) -> Response:
    rejected = outcome.rejected
    if rejected and not outcome.accepted:
        message = (
            rejected[0].reasons[0].message
            if len(rejected) == 1
            else f"none of the {len(rejected)} events was accepted"
        )
        return Response(400, {**_error(told_as(rejected), message), **_list(call, rejected)})
    if call.route.call == PIXEL:
        return Response(200, GIF, {"content-type": "image/gif", **NO_COPIES})
    if rejected:
        return Response(200, {"accepted": outcome.accepted, **_list(call, rejected)})
    return Response(200, "ok", {"content-type": "text/plain; charset=utf-8"})


def refuse(_call: Call, refused: Refused) -> Response:
    return Response(INSTEAD.get(refused.status, refused.status), _error(refused.code, refused.message))


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": code, "message": message}


def _list(call: Call, rejected: list[Rejection]) -> dict[str, Any]:
    return call.format.listed.rejected(map(_told, rejected), len(rejected))


def _told(one: Rejection) -> dict[str, Any]:
    return {
        "index": one.position,
        "eid": readable(one.fields.get("id")),
        "reasons": [reason.as_dict() for reason in one.reasons],
    }
