"""Which answer a request gets: the protocols' paths, the health check, CORS preflights, and nothing else."""

from __future__ import annotations

from functions.collect.intake import Intake
from functions.collect.protocols import ROUTES
from functions.collect.request import Request
from functions.collect.responses import PREFLIGHT, Refused, Response, not_stored
from shared.ports import Unavailable

HEALTH = "/health"


def respond(request: Request, intake: Intake) -> Response:
    if request.method == "OPTIONS":
        return Response(204, None, dict(PREFLIGHT))
    if request.path == HEALTH:
        return _health(request, intake)
    route = ROUTES.get(request.path)
    if route is None:
        return Refused(404, "not_found", "there is nothing at this path; events go to /v1/batch").response()
    if request.method != "POST":
        return _not_allowed("POST, OPTIONS")
    return intake.take(request, route)


def _health(request: Request, intake: Intake) -> Response:
    if request.method != "GET":
        return _not_allowed("GET, OPTIONS")
    try:
        return Response(200, {"status": "ok", "workspace": intake.workspace_version()})
    except Unavailable:
        return not_stored().response()


def _not_allowed(allowed: str) -> Response:
    answer = Refused(405, "method_not_allowed", f"this path takes {allowed}").response()
    answer.headers["allow"] = allowed
    return answer
