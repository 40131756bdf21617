"""The REST API key, in a header of its own. `curl -u KEY:` works as well, as everywhere here."""

from __future__ import annotations

from functions.collect.sources import Sources
from functions.collect.wire_format import Call
from shared.workspace.model import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    request = call.request
    return sources.of((request.headers.get("x-netmera-api-key"), request.basic_user()))
