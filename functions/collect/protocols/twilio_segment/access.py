"""The write key: by Basic authorization (servers), in the body or the path (browsers), or in the query (beacons)."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from shared.workspace.model import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    document = call.body.document
    in_body = document.get("writeKey") if isinstance(document, dict) else None
    request = call.request
    return sources.of(
        (request.basic_user(), in_body, request.query_value("writeKey"), call.parameters.get("key"))
    )
