"""What the sender is told. mParticle answers for a request as a whole: 202 when something of it was accepted, and what
was rejected beside it is listed by `headrace rejected`. 400 names every event when none was accepted.

https://docs.mparticle.com/developers/apis/http/#http-status-codes
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.field_names import Words
from functions.collect.adapter.rejection import Rejection
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import Refused, Response
from functions.collect.protocols.mparticle import identity_calls
from functions.collect.protocols.mparticle.routes import IDENTITY_CALLS
from shared.plan.errors import shown
from shared.plan.reasons import Reason

STATUSES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "REQUEST_TOO_LARGE",
    429: "TOO_MANY_REQUESTS",
    503: "SERVICE_UNAVAILABLE",
}

FIELDS = {
    "user_id": "user_identities.customer_id",
    "anonymous_id": "mp_deviceid",
    "name": "data.event_name",
    "id": "data.source_message_id",
    "session_id": "data.session_uuid",
    "timestamp": "data.timestamp_unixtime_ms",
}
"""Our fields, as the sender knows them."""

IDENTITIES = "an identity, mp_deviceid or mpid"
"""What names somebody."""

WORDS = Words(
    FIELDS,
    IDENTITIES,
    "in Basic authorization, as key and secret, or, of the web SDK, in the path or the header x-mp-key",
    spoken="mParticle's format",
)

LIMIT_EXCEEDED = "x-mp-rate-limit-exceeded"
FEED = "feed"
"""mParticle's word, of its seven, for the input that sent too much."""


def answer(call: Call, outcome: Outcome) -> Response:
    accepted, rejected = outcome.accepted, outcome.rejected
    if accepted or not rejected:
        if call.route.call in IDENTITY_CALLS:
            return Response(200, _identity(call, outcome))
        return Response(202, None)
    sentences = [sentence for one in rejected for sentence in _sentences(one, outcome)]
    told = call.format.listed.first(_error(400, sentence) for sentence in sentences)
    if len(told) < len(sentences):
        told.append(_error(400, f"and {len(sentences) - len(told)} more"))
    return Response(400, _errors(call, 400, told))


def refuse(call: Call, refused: Refused) -> Response:
    response = Response(
        refused.status, _errors(call, refused.status, [_error(refused.status, refused.message)])
    )
    if refused.status == 429:
        response.headers[LIMIT_EXCEEDED] = FEED
    return response


def _identity(call: Call, outcome: Outcome) -> dict[str, Any]:
    """As far as the web SDK reads it. A `modify` changes what is known of somebody, not who they are to the SDK."""
    fields = outcome.parsed.items[0][0]
    mpid = call.parameters.get("mpid") or identity_calls.mpid_of(fields)
    return {
        "context": None,
        "mpid": mpid,
        "matched_identities": {},
        "is_ephemeral": False,
        "is_logged_in": call.route.call == identity_calls.MODIFY or identity_calls.is_known(fields),
    }


def _errors(call: Call, status: int, told: list[dict[str, str]]) -> dict[str, Any]:
    """The identity API spells it otherwise."""
    if call.request.path.startswith("/identity"):
        return {"Errors": told, "ErrorCode": STATUSES[status], "StatusCode": status, "RequestId": None}
    return {"errors": told}


def _error(status: int, message: str) -> dict[str, str]:
    return {"code": STATUSES[status], "message": message}


def _sentences(one: Rejection, outcome: Outcome) -> list[str]:
    """Each with the place of the event in the request, its field and its rule."""
    place = _place(outcome.parsed.raw[one.position])
    return [": ".join(filter(None, (place, _field(reason), reason.message))) for reason in one.reasons]


def _field(reason: Reason) -> str:
    """Most rules name their field themselves."""
    if reason.field in FIELDS.values():
        return reason.field
    return "" if reason.field in reason.message else shown(reason.field)


def _place(raw: object) -> str:
    if not isinstance(raw, dict) or raw.get("batch").__class__ is not int:
        return ""
    return f"batch {raw['batch']}, event {raw['index']}" if "event" in raw else f"batch {raw['batch']}"
