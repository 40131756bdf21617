"""The write key: CloudEvents leaves authentication to HTTP, so it may come as Bearer, as Basic user or in the query."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from shared.workspace.model import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    request = call.request
    return sources.of(
        (request.authorization("Bearer"), request.basic_user(), request.query_value("writeKey"))
    )
