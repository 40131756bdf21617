"""Google Analytics 4's Measurement Protocol, which servers and devices use beside gtag.

https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, ItemLimit, Route, WireFormat
from functions.collect.auth.sources import Sources
from functions.collect.protocols.ga4.answers import answer, refuse
from functions.collect.protocols.ga4.reading import WORDS, again, parse
from shared.workspace.collecting import Source

# Taking events, and trying them out: the debug endpoint judges and stores nothing.
ROUTES = (
    Route("POST", "/mp/collect", "collect", "Events of one client or app instance."),
    Route("POST", "/debug/mp/collect", "debug", "What would be rejected of them, and why.", "rehearsal"),
)


def authenticate(call: Call, sources: Sources) -> Source | None:
    """`api_secret` is the write key, or a source accepts `MEASUREMENT_ID:API_SECRET` (for apps `FIREBASE_APP_ID:…`)."""
    query = call.request.query_values()
    secret = query.get("api_secret", "")
    stream = query.get("measurement_id") or query.get("firebase_app_id") or ""
    return sources.of((secret, f"{stream}:{secret}"))


FORMAT = WireFormat(
    name="ga4",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    items=ItemLimit(1000),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
)
