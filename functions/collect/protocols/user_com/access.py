"""`Authorization: Token <key>`, for the REST API and the SDK alike; older SDKs have a header of their own."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from shared.workspace.model import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    request = call.request
    return sources.of(
        (request.authorization("Token"), request.headers.get("integrations-api-key"), request.basic_user())
    )
