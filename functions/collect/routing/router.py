"""Which answer a request gets: the protocols' paths, the health check, CORS preflights, and nothing else."""

from __future__ import annotations

from urllib.parse import unquote

from functions.collect import protocols
from functions.collect.adapter.wire_format import Call, Route
from functions.collect.http.body import Body, TooLarge
from functions.collect.http.documents import body_of
from functions.collect.http.report import Report
from functions.collect.http.request import Request
from functions.collect.http.responses import Refused, Response, not_stored, preflight
from functions.collect.pipeline.ingest import ingest, tee
from functions.collect.work import Resources, Work
from shared.failures import Unavailable
from shared.plan.reasons import Code

HEALTH = "/health"

NONE: dict[str, str] = {}
NO_BODY = Body(b"", None, "there is no body")
UNKNOWN = Route("", "", "unknown", "what a protocol has no path or method for")


def respond(request: Request, resources: Resources) -> Response:
    if request.method == "OPTIONS":
        return preflight(request)
    if request.path == HEALTH:
        return _health(request, resources)
    found = protocols.find(request.path)
    if found is None:
        return _not_found(request).response()
    format_ = protocols.wire_format(found.protocol)
    route = found.routes.get(request.method, UNKNOWN)
    parameters = found.parameters.get(request.method, NONE)
    if parameters:
        parameters = {name: unquote(value) for name, value in parameters.items()}
    if route is UNKNOWN:
        call = Call(format_, route, parameters, request, NO_BODY, resources.new_id)
        return _refused(call, _nothing_here(found, request))
    body, too_large = NO_BODY, None
    try:
        body = body_of(request, route.document)
    except TooLarge as error:
        too_large = error
    call = Call(format_, route, parameters, request, body, resources.new_id)
    try:
        work = Work(call, resources)
        response = _ingested(work, too_large)
        tee(work, response)
    except Unavailable:
        return _refused(call, not_stored())
    return response


def _ingested(work: Work, too_large: TooLarge | None) -> Response:
    """Raises Unavailable."""
    try:
        if too_large is not None:
            raise too_large
        return ingest(work)
    except Refused as refused:
        return _refused(work.call, refused)
    except TooLarge as error:
        return _refused(work.call, Refused(413, Code.TOO_LARGE, str(error)))


def _refused(call: Call, refusal: Refused) -> Response:
    response = refusal.completed(call.format.refuse(call, refusal))
    response.report = Report(call.format.name, call.route.call)
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
    from functions.collect.suggestions import near_paths  # for who is refused, with the paths of every format

    return Refused(404, "not_found", near_paths.instead(request) or "there is nothing at this path")


def _health(request: Request, resources: Resources) -> Response:
    if request.method != "GET":
        refused = Refused(405, "method_not_allowed", "this path takes GET", headers={"allow": "GET, OPTIONS"})
        return refused.response()
    try:
        return Response(200, {"status": "ok", "workspace": resources.workspace.get().version})
    except Unavailable:
        return not_stored().response()
