"""Which answer a request gets: the protocols' paths, the health check, CORS preflights, and nothing else."""

from __future__ import annotations

from urllib.parse import unquote

from functions.collect import protocols
from functions.collect.adapter.wire_format import Call, Route, WireFormat
from functions.collect.http.body import Body, TooLarge
from functions.collect.http.documents import body_of
from functions.collect.http.request import Request
from functions.collect.http.responses import Refused, Response, not_stored, preflight
from functions.collect.pipeline.ingest import Intake
from functions.collect.pipeline.report import Report
from shared.plan.reasons import Code
from shared.ports.failures import Unavailable

HEALTH = "/health"

NONE: dict[str, str] = {}
NO_BODY = Body(b"", None, "there is no body")
UNKNOWN = Route("", "", "unknown", "what a protocol has no path or method for")


def respond(request: Request, intake: Intake) -> Response:
    if request.method == "OPTIONS":
        return preflight(request)
    if request.path == HEALTH:
        return _health(request, intake)
    found = protocols.find(request.path)
    if found is None:
        return _not_found(request).response()
    protocol = protocols.wire_format(found.protocol)
    route = found.routes.get(request.method, UNKNOWN)
    parameters = found.parameters.get(request.method, NONE)
    if parameters:
        parameters = {name: unquote(value) for name, value in parameters.items()}
    if route is UNKNOWN:
        call = Call(route, parameters, request, NO_BODY)
        return _refused(call, found.protocol, protocol, _nothing_here(found, request))
    body, too_large = NO_BODY, None
    try:
        body = body_of(request, route.document)
    except TooLarge as error:
        too_large = error
    call = Call(route, parameters, request, body)
    try:
        if too_large is not None:
            raise too_large
        response = intake.take(call, found.protocol, protocol)
    except Refused as refused:
        response = _refused(call, found.protocol, protocol, refused)
    except TooLarge as error:
        response = _refused(call, found.protocol, protocol, Refused(413, Code.TOO_LARGE, str(error)))
    except Unavailable:
        return _refused(call, found.protocol, protocol, not_stored())
    try:
        intake.tee(call, found.protocol, protocol, response)
    except Unavailable:
        return _refused(call, found.protocol, protocol, not_stored())
    return response


def _refused(call: Call, name: str, protocol: WireFormat, refusal: Refused) -> Response:
    response = refusal.completed(protocol.refuse(call, refusal))
    response.report = Report(name, call.route.call)
    return response


def _nothing_here(found: protocols.Found, request: Request) -> Refused:
    if not found.routes:
        return _not_found(request)
    methods = ", ".join([*found.routes, "OPTIONS"])
    said = f"this path takes {methods}"
    if request.path == "/":  # somebody looks with a browser
        said = f"Headrace collects events here, and {said}; GET {HEALTH} says whether it works"
    return Refused(405, "method_not_allowed", said, headers={"allow": methods})


def _not_found(request: Request) -> Refused:
    from functions.collect.http import near_paths  # for who is refused, with the paths of every format

    return Refused(404, "not_found", near_paths.instead(request) or "there is nothing at this path")


def _health(request: Request, intake: Intake) -> Response:
    if request.method != "GET":
        refused = Refused(405, "method_not_allowed", "this path takes GET", headers={"allow": "GET, OPTIONS"})
        return refused.response()
    try:
        return Response(200, {"status": "ok", "workspace": intake.workspace_version()})
    except Unavailable:
        return not_stored().response()
