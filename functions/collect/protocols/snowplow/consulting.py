"""Trackers ask nothing besides: their settings are in the page and the app."""

from __future__ import annotations

from functions.collect.desk import Desk
from functions.collect.responses import Refused, Response
from functions.collect.wire_format import Call
from shared.workspace.model import Source


def consult(_call: Call, _source: Source | None, _desk: Desk) -> Response:
    raise Refused(404, "not_found", "there is nothing at this path")
