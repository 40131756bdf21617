"""204 when everything was accepted. The binding leaves errors to HTTP: here they are problems, RFC 9457."""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.rejection import Rejection, readable
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import Refused, Response

PROBLEM = {"content-type": "application/problem+json"}


def answer(call: Call, outcome: Outcome) -> Response:
    """Of a batch with some rejected events, 200 and which; where none was accepted, 400 and why."""
    if not outcome.rejected:
        return Response(204, None)
    told = (_told(one, outcome.parsed.raw[one.position]) for one in outcome.rejected)
    listed = call.format.listed.rejected(told, len(outcome.rejected))
    if outcome.accepted:
        return Response(200, {"accepted": outcome.accepted, **listed})
    detail = listed["rejected"][0]["reasons"][0]["message"]
    body = _problem(400, "rejected", f"no event was accepted; the first because {detail}")
    return Response(400, body | listed, dict(PROBLEM))


def refuse(_call: Call, refused: Refused) -> Response:
    return Response(refused.status, _problem(refused.status, refused.code, refused.message), dict(PROBLEM))


def _problem(status: int, title: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def _told(one: Rejection, raw: object) -> dict[str, Any]:
    return {
        "index": one.position,
        "id": readable(raw.get("id")) if isinstance(raw, dict) else None,
        "reasons": [reason.as_dict() for reason in one.reasons],
    }
