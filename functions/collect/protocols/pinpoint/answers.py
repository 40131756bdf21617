"""Pinpoint's answers: a result per endpoint and event, one message for endpoints, and errors as AWS clients read them.

Its clients take the name of an error from the header `x-amzn-ErrorType`.
"""

from __future__ import annotations

import re
from typing import Any

from functions.collect.adapter.rejection import Rejection, readable
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.pinpoint.reading import invocation
from functions.collect.protocols.pinpoint.routes import EVENTS
from shared.text.surrogates import questioned

ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}

ERRORS = {
    400: "BadRequestException",
    401: "ForbiddenException",
    403: "ForbiddenException",
    404: "NotFoundException",
    405: "MethodNotAllowedException",
    413: "PayloadTooLargeException",
    429: "TooManyRequestsException",
    503: "InternalServerErrorException",
}
STATUSES = {401: 403}
"""Where AWS says another than HTTP would."""

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

LONGEST = 1000
"""Characters of what is said of one endpoint or event."""

FEW, SHORT = 500, 100
"""Beyond so many rejected ones, characters of what is said of each: every one has a result of its own."""


def answer(call: Call, outcome: Outcome) -> Response:
    rejected = {one.position: one for one in outcome.rejected}
    raw = outcome.parsed.raw
    if call.route.call == EVENTS and _is_batch(call.body.document):
        return response(call, 202, {"Results": _results(raw, rejected)})
    if not outcome.rejected:
        return said(call, 202, "Accepted")
    listed = call.format.listed.first(_told(raw[one.position], one) for one in outcome.rejected)
    told = "; ".join(listed)
    more = f"; and {len(rejected) - len(listed)} more" if len(rejected) > len(listed) else ""
    if outcome.accepted:
        sentence = (
            f"Accepted {outcome.accepted} of {len(raw)} endpoints, rejected {len(rejected)}: {told}{more}"
        )
        return said(call, 202, sentence)
    return said(call, 400, told + more)


def refuse(call: Call, refused: Refused) -> Response:
    message = refused.message
    if refused.status == 401:
        message = "no source holds the key pair of this signature, nor accepts this app id"
    return said(call, STATUSES.get(refused.status, refused.status), message)


def response(call: Call, status: int, body: dict[str, Any]) -> Response:
    return Response(status, body, {"x-amzn-requestid": request_id(call)})


def said(call: Call, status: int, message: str) -> Response:
    """One sentence: of success, or of the error that the status is."""
    answered = response(call, status, {"Message": message})
    answered.body["RequestID"] = answered.headers["x-amzn-requestid"]
    if status >= 400:
        answered.headers["x-amzn-errortype"] = ERRORS[status]
    return answered


def _is_batch(document: object) -> bool:
    return isinstance(document, dict) and isinstance(document.get("BatchItem"), dict)


def _results(raw: list[dict[str, Any]], rejected: dict[int, Rejection]) -> dict[str, Any]:
    results: dict[str, Any] = {}
    longest = LONGEST if len(rejected) <= FEW else SHORT
    for position, one in enumerate(raw):
        of_endpoint = results.setdefault(
            _sound(one["EndpointId"]), {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}
        )
        told = (
            ACCEPTED
            if position not in rejected
            else {"StatusCode": 400, "Message": _why(rejected[position])[:longest]}
        )
        if "EventId" in one:
            of_endpoint["EventsItemResponse"][_sound(one["EventId"])] = told
        else:
            of_endpoint["EndpointItemResponse"] = told
    return results


def _told(raw: object, one: Rejection) -> str:
    endpoint_id = raw.get("EndpointId") if isinstance(raw, dict) else None
    return f"endpoint {readable(endpoint_id)}: {_why(one)}" if isinstance(endpoint_id, str) else _why(one)


def _why(one: Rejection) -> str:
    return "; ".join(reason.message for reason in one.reasons)[:LONGEST]


def _sound(key: str) -> str:
    """Without what JSON written by us cannot have, halves of surrogate pairs."""
    return questioned(key)


def request_id(call: Call) -> str:
    """The caller's own name for the call, the same on each retry; else a new one."""
    named = invocation(call.request)
    return named if named is not None and REQUEST_ID.fullmatch(named) else call.new_id()
