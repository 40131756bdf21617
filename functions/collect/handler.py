"""API Gateway (HTTP or REST) → records on the stream, rejected events in their table, and an answer for every event."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from functions.collect import bootstrap, telemetry
from functions.collect.http.request import Request
from functions.collect.http.responses import not_stored
from functions.collect.routing.router import respond
from functions.collect.work import Resources

KEEP_ACTIVE = "keep_active"
"""The one key of the schedule's daily call. A version with a snapshot that nobody has called for 14 days is put away,
and the next call fails: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-troubleshooting.html"""

if bootstrap.is_before_a_snapshot():
    bootstrap.prepare()


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return handle(event, bootstrap.resources)


def handle(event: dict[str, Any], resources: Callable[[], Resources]) -> dict[str, Any]:
    """The answer, as the API's gateway wants it. What cannot be made of the resources is answered as a bug is."""
    if KEEP_ACTIVE in event:
        return event
    began = time.perf_counter()
    request = made = None
    try:
        request = Request.from_gateway(event)
        made = resources()
        response = respond(request, made)
        answer = response.for_gateway(request)
    except Exception as error:  # noqa: BLE001 - a bug of ours must not cost the sender's events: 503 is sent again
        telemetry.bug(error)
        response = not_stored().response()
        answer = response.for_gateway(request)
    seconds = time.perf_counter() - began
    telemetry.report(request, response, seconds, made.stream.written() if made else [])
    return answer
