"""Taking events, and trying them out: the debug endpoint judges and stores nothing."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route

ROUTES = (
    Route("POST", "/mp/collect", "collect", "Events of one client or app instance."),
    Route("POST", "/debug/mp/collect", "debug", "What would be rejected of them, and why.", "rehearsal"),
)
