"""The format has no calls that bring no events."""

from __future__ import annotations

from functions.collect.adapter.lookups import Desk
from functions.collect.adapter.wire_format import Call
from functions.collect.http.responses import Refused, Response
from shared.workspace.model import Source


def consult(_call: Call, _source: Source | None, _desk: Desk) -> Response:
    raise Refused(404, "not_found", "there is nothing at this path")
