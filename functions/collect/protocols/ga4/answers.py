"""204 whatever became of the events: Google's endpoint says nothing, and its clients expect nothing.

Rejected events are listed with us; the debug endpoint tells them at once, in Google's words, and so does what refuses a
whole request: an unknown secret would otherwise lose everything in silence.
https://developers.google.com/analytics/devguides/collection/protocol/ga4/validating-events
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, Outcome, Parsed
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.ga4.reading import PERSON, PLACE, SHARED
from shared.plan.reasons import Code

CODES = {
    Code.MALFORMED: "VALUE_INVALID",
    Code.NO_IDENTITY: "VALUE_REQUIRED",
    Code.MISSING_PROPERTY: "VALUE_REQUIRED",
    Code.RESERVED_NAME: "NAME_RESERVED",
    Code.UNKNOWN_EVENT: "NAME_INVALID",
    Code.UNKNOWN_PROPERTY: "NAME_INVALID",
    Code.TOO_LARGE: "EXCEEDED_MAX_ENTITIES",
}
"""Google's validation codes; what is not here is VALUE_INVALID."""


def answer(call: Call, outcome: Outcome) -> Response:
    if call.route.call != "debug":
        return Response(204, None)
    count = sum(len(one.reasons) for one in outcome.rejected)
    messages = call.format.listed.first(
        _message(
            f"{_place(one.position, reason.field, outcome.parsed)}.{reason.field}".strip("."),
            reason.message,
            CODES.get(reason.code),
        )
        for one in outcome.rejected
        for reason in one.reasons
    )
    if len(messages) < count:
        messages.append(_message("", f"and {count - len(messages)} more", None))
    return Response(200, {"validationMessages": messages})


def refuse(_call: Call, refused: Refused) -> Response:
    return Response(refused.status, {"validationMessages": [_message("", refused.message, None)]})


def _place(position: int, field: str, parsed: Parsed) -> str:
    """In the request as it was sent, which has what it says of the person and of all events beside the events."""
    first = parsed.raw[0]
    persons = int(isinstance(first, dict) and PERSON in first)
    is_whole = not parsed.common and not persons and not (isinstance(first, dict) and PLACE in first)
    if is_whole or field in SHARED:
        return ""
    return f"events[{position - persons}]" if position >= persons else PERSON


def _message(field: str, description: str, code: str | None) -> dict[str, str]:
    return {"fieldPath": field, "description": description, "validationCode": code or "VALUE_INVALID"}
