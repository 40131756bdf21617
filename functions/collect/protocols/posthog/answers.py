"""What the sender is told. SDKs take exactly 200 for success and read `detail` of an error.

https://posthog.com/docs/api#responses
"""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.rejection import Rejection, readable, told_as
from functions.collect.adapter.wire_format import Call, Outcome
from functions.collect.http.responses import NO_KEY, UNKNOWN_KEY, Refused, Response
from functions.collect.protocols.posthog.reading import is_of_the_person, listed
from functions.collect.protocols.posthog.routes import ANALYTICS

LONGEST_UUID = 64
"""Characters, ASCII: what names a result is a UUID, and every event has a result."""

TYPES = {
    401: "authentication_error",
    403: "authentication_error",
    429: "throttled_error",
    503: "server_error",
}
"""PostHog's word for a kind of error, by status; any other is the request's fault."""

CODES = {UNKNOWN_KEY: "invalid_api_key", NO_KEY: "missing_api_key"}
"""PostHog's own; other codes are ours."""


def answer(call: Call, outcome: Outcome) -> Response:
    rejected = outcome.rejected
    if not rejected and call.route.call != ANALYTICS:
        return Response(200, {"status": "Ok"})
    uuids = _uuids(outcome)
    if call.route.call == ANALYTICS and (not rejected or outcome.accepted or any(uuids)):
        unnamed = [one for one in rejected if not uuids[one.position]]
        beside = _list(call, unnamed) if unnamed else {}
        return Response(200, {"results": _results(call, outcome, uuids), **beside})
    told = _list(call, rejected)
    if outcome.accepted:
        return Response(200, {"status": "Ok", **told})
    first = rejected[0].reasons[0]
    detail = first.message if len(rejected) == 1 else f"none of the {len(rejected)} events was accepted"
    attribute = first.field if len(rejected) == 1 else "batch"
    return Response(400, {**_error(400, told_as(rejected), detail, attribute or None), **told})


def refuse(_call: Call, refused: Refused) -> Response:
    code = CODES.get(refused.code, refused.code)
    return Response(refused.status, _error(refused.status, code, refused.message, None))


def _error(status: int, code: str, detail: str, attribute: str | None) -> dict[str, Any]:
    return {"type": TYPES.get(status, "validation_error"), "code": code, "detail": detail, "attr": attribute}


def _list(call: Call, rejected: list[Rejection]) -> dict[str, Any]:
    """As many as fit, each by its place in the request, which may hold more than is read as events."""
    found = listed(call.body.document)
    places = [at for at, one in enumerate(found) if is_of_the_person(one)] if isinstance(found, list) else [0]
    told = (_told(one, places[one.position]) for one in rejected)
    return call.format.listed.rejected(told, len(rejected))


def _told(one: Rejection, place: int) -> dict[str, Any]:
    return {
        "index": place,
        "uuid": readable(one.fields.get("id")),
        "reasons": [reason.as_dict() for reason in one.reasons],
    }


def _uuids(outcome: Outcome) -> list[str | None]:
    """The uuids that name results, by position; PostHog's SDKs give every event one."""
    return [_uuid(raw) for raw in outcome.parsed.raw]


def _uuid(raw: object) -> str | None:
    uuid = raw.get("uuid") if isinstance(raw, dict) else None
    return uuid or None if isinstance(uuid, str) and uuid.isascii() and len(uuid) <= LONGEST_UUID else None


def _results(call: Call, outcome: Outcome, uuids: list[str | None]) -> dict[str, dict[str, str]]:
    """What was taken and not kept is ok as well."""
    results = {uuid: {"result": "ok"} for uuid in map(_uuid, listed(call.body.document)) if uuid}
    for one in outcome.rejected:
        if uuid := uuids[one.position]:
            results[uuid] = {"result": "drop", "details": one.reasons[0].message}
    return results
