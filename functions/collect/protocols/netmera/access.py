"""The REST API key, in a header of its own. `curl -u KEY:` works as well, as everywhere here."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from shared.workspace.model import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    request = call.request
    return sources.of((request.headers.get("x-netmera-api-key"), request.basic_user()))
