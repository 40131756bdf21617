"""What the sender is told: nothing when everything was accepted, else Netmera's `error` and `code`.

https://user.netmera.com/netmera-developer-guide/rest-api/rest-api-error-responses

Netmera's own answer has no results per item. Where only some were rejected the status is 200, so that no client sends
the others again, and the body lists the rejected ones.
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.rejection import Rejection
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import MISPLACED_KEY, NO_KEY, UNKNOWN_KEY, Refused, Response
from shared.plan.reasons import Code

SERVER_ERROR, WRONG_TYPE, INVALID_JSON, INVALID_KEY = 2001, 2004, 2009, 2010
MISSING, INVALID_CONFIGURATION, IP_NOT_ALLOWED, NOT_AUTHORIZED = 2020, 2021, 2021, 2022
TOO_LARGE, NOT_ALLOWED, UNKNOWN_PERSON, NO_SUCH_SERVICE = 2101, 4000, 5016, 5021
QUOTA_EXCEEDED, UNKNOWN_EVENT = 5022, 5028

OF_REASON: dict[Code, int] = {
    Code.MALFORMED: WRONG_TYPE,
    Code.NO_IDENTITY: MISSING,
    Code.UNKNOWN_EVENT: UNKNOWN_EVENT,
    Code.UNKNOWN_PROPERTY: INVALID_CONFIGURATION,
    Code.MISSING_PROPERTY: MISSING,
    Code.WRONG_TYPE: WRONG_TYPE,
    Code.VALUE_NOT_ALLOWED: WRONG_TYPE,
    Code.RESERVED_NAME: NOT_ALLOWED,
    Code.NOT_TRUSTED: NOT_AUTHORIZED,
    Code.TOO_LARGE: TOO_LARGE,
    Code.TOO_OLD: WRONG_TYPE,
    Code.IN_FUTURE: WRONG_TYPE,
    Code.OVER_QUOTA: QUOTA_EXCEEDED,
}
"""Netmera has fewer numbers than we have reasons: the nearest one."""

OF_REFUSAL: dict[str, int] = {
    "malformed": INVALID_JSON,
    UNKNOWN_KEY: INVALID_KEY,
    NO_KEY: INVALID_KEY,
    MISPLACED_KEY: INVALID_KEY,
    "origin_not_allowed": IP_NOT_ALLOWED,
    "not_trusted": NOT_AUTHORIZED,
    "missing_parameter": MISSING,
    "unknown_person": UNKNOWN_PERSON,
    "not_found": NO_SUCH_SERVICE,
    "method_not_allowed": NOT_ALLOWED,
    "too_large": TOO_LARGE,
    "over_quota": QUOTA_EXCEEDED,
    "not_stored": SERVER_ERROR,
}

STATUS = {UNKNOWN_KEY: 403, NO_KEY: 403, MISPLACED_KEY: 403}
"""Where Netmera's is another than ours."""


def answer(call: Call, outcome: Outcome) -> Response:
    rejected = outcome.rejected
    if not rejected:
        return Response(200, None)
    listed = call.format.listed.rejected((_told(one, call) for one in rejected), len(rejected))
    if outcome.accepted:
        return Response(200, {"accepted": outcome.accepted, **listed})
    first = {name: listed["rejected"][0][name] for name in ("error", "code")}
    return Response(400, first if len(rejected) == 1 else {**first, **listed})


def refuse(_call: Call, refused: Refused) -> Response:
    number = OF_REFUSAL.get(refused.code, NOT_ALLOWED)
    return Response(STATUS.get(refused.code, refused.status), {"error": refused.message, "code": number})


def _told(one: Rejection, call: Call) -> dict[str, Any]:
    reason = one.reasons[0]
    number = INVALID_JSON if call.body.problem is not None else OF_REASON[reason.code]
    return {"index": one.position, "error": reason.message, "code": number}
