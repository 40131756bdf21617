"""What the sender is told: an RFC 9110 problem by the batch, Infobip's `requestError` by everything else.

The batch's codes are those of its page; Infobip answers it 202 without a body. Ours has one when the tracking plan or
the source's limits refused some of its events: they are listed there, and all others are stored.
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.field_names import Words
from functions.collect.adapter.rejection import Rejection
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.answer_size import MOST, size_of
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.infobip.events import IN_BAD_COMPANY, NO_EVENTS, STRANGER, TOO_MANY_EVENTS
from shared.events import utc_text
from shared.plan.reasons import Code, Reason

MESSAGE_IDS = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    429: "TOO_MANY_REQUESTS",
    503: "SERVICE_UNAVAILABLE",
}

RULES = "https://tools.ietf.org/html/rfc9110#section-"
SECTIONS = {
    202: "15.3.3",
    400: "15.5.1",
    401: "15.5.2",
    403: "15.5.4",
    404: "15.5.5",
    405: "15.5.6",
    413: "15.5.14",
    503: "15.6.4",
}
"""Of RFC 9110, where each status stands; 429 is of RFC 6585."""

INVALID = "One or more validation errors occurred."

NOT_AN_ARRAY, NOT_OF_THE_PLAN, EMPTY, TOO_MANY, INVALID_ITEM = 400500, 400501, 400502, 400503, 400504
NO_EVENT = -1

OF_THE_PLAN = frozenset(
    {
        Code.UNKNOWN_EVENT,
        Code.UNKNOWN_PROPERTY,
        Code.MISSING_PROPERTY,
        Code.WRONG_TYPE,
        Code.VALUE_NOT_ALLOWED,
    }
)

FIELDS = {"id": "eventId", "name": "definitionId", "timestamp": "occurredTime"}
"""The canonical event's fields by Infobip's names. Its identities are the person's."""

WORDS = Words(
    FIELDS,
    "an identifier of a person",
    "in the header Authorization, as App and the API key",
    spoken="Infobip's format",
)


def answer(call: Call, outcome: Outcome) -> Response:
    if call.route.call == "batch":
        return _of_batch(call, outcome)
    if call.route.call in ("event", "first_version_event"):
        return _of_event(outcome)
    return _of_app(call, outcome)


def refuse(call: Call, refused: Refused) -> Response:
    if not _is_batch(call):
        return Response(refused.status, request_error(refused.status, refused.message))
    codes = {NO_EVENTS: EMPTY, TOO_MANY_EVENTS: TOO_MANY, Code.MALFORMED: NOT_AN_ARRAY}
    code = codes.get(refused.code, refused.status * 1000)
    body = _problem(call, refused.status, [_error(NO_EVENT, code, refused.message)])
    if refused.status not in (400, 413):
        body |= request_error(refused.status, refused.message)  # Infobip says these as everywhere else
    return Response(refused.status, body)


def _of_event(outcome: Outcome) -> Response:
    if outcome.rejected:
        reasons = outcome.rejected[0].reasons
        status = 404 if STRANGER in reasons else 400
        return Response(status, request_error(status, reasons[0].message, _told(_pairs(reasons), "personId")))
    fields, _ = outcome.parsed.items[0]
    made = {
        "eventId": fields["id"],
        "definitionId": fields["name"],
        "occurredTime": utc_text(fields["occurred_at"]),
        "properties": fields.get("properties", {}),
        "metadata": {"source": "API"},
    }
    return Response(201, made)


def _of_batch(call: Call, outcome: Outcome) -> Response:
    if not outcome.rejected:
        return Response(202, None)
    if call.body.problem is not None or not isinstance(call.body.document, list):
        message = outcome.rejected[0].reasons[0].message
        return Response(400, _problem(call, 400, [_error(NO_EVENT, NOT_AN_ARRAY, message)]))
    told = [one for one in outcome.rejected if IN_BAD_COMPANY not in one.reasons]
    errors = call.format.listed.first(_event_error(one) for one in told)
    if len(told) > len(errors):
        errors.append(_error(NO_EVENT, INVALID_ITEM, f"{len(told) - len(errors)} more events were refused"))
    if not outcome.accepted:
        return Response(400, _problem(call, 400, errors))
    some = f"Events stored: {outcome.accepted}; refused, and kept for replay: {len(outcome.rejected)}."
    return Response(202, {**_problem(call, 202, errors), "title": some})


def _of_app(call: Call, outcome: Outcome) -> Response:
    """The SDK drops what is answered 4xx. When it asks to validate, it expects every event in the answer."""
    rejected = outcome.rejected
    validates = (call.request.query_value("validate") or "").lower() == "true"
    if rejected and (not outcome.accepted or validates):
        reasons = [reason for one in rejected for reason in one.reasons]
        told = call.format.listed.first(_pairs(reasons))
        if len(told) < len(reasons):
            told.append(("body", f"and {len(reasons) - len(told)} more"))
        return Response(400, request_error(400, reasons[0].message, _told(told, "pushRegId")))
    document = call.body.document
    # Of some calls the body is nothing that anybody reads: it may be no object, which the SDK cannot read either.
    echo = document if isinstance(document, dict) and size_of(document) <= MOST else {}
    if call.route.call == "register":
        return Response(200, {**echo, "pushRegId": outcome.parsed.common["regId"]})
    asks_back = any(call.request.query_value(name) == "true" for name in ("ri", "ru"))
    return Response(200, echo if asks_back else {})


def request_error(
    status: int, text: str, validation_errors: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    said = {
        "messageId": MESSAGE_IDS.get(status, "GENERAL_ERROR"),
        "text": text,
        "validationErrors": validation_errors or {},
    }
    return {"requestError": {"serviceException": said}}


def _pairs(reasons: list[Reason]) -> list[tuple[str, str]]:
    return [(reason.field, reason.message) for reason in reasons]


def _told(reasons: list[tuple[str, str]], person: str) -> dict[str, list[str]]:
    """`reasons` are fields and messages."""
    told: dict[str, list[str]] = {}
    for field, message in reasons:
        told.setdefault(_field(field, person) or "body", []).append(message)
    return told


def _field(field: str, person: str) -> str:
    if field in ("user_id", "anonymous_id") or field.startswith("other_ids."):
        return person
    return FIELDS.get(field, field)


def _problem(call: Call, status: int, errors: list[dict[str, Any]]) -> dict[str, Any]:
    section = SECTIONS.get(status)
    return {
        "type": f"{RULES}{section}" if section else "about:blank",
        "title": INVALID if status == 400 else errors[0]["message"],
        "status": status,
        "traceId": call.request.headers.get("x-amzn-trace-id") or call.new_id(),
        "errors": errors,
    }


def _event_error(one: Rejection) -> dict[str, Any]:
    code = NOT_OF_THE_PLAN if one.reasons[0].code in OF_THE_PLAN else INVALID_ITEM
    details = [
        {"property": _field(reason.field, "identifier.id"), "message": reason.message}
        for reason in one.reasons
    ]
    return {**_error(one.position, code, one.reasons[0].message), "details": details}


def _error(index: int, code: int, message: str) -> dict[str, Any]:
    return {"index": index, "code": code, "message": message}


def _is_batch(call: Call) -> bool:
    return call.request.path.startswith("/people/3/")
