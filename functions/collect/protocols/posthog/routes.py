"""Every path that takes events takes one, a list or a batch of them: SDKs of all ages mix the paths and the shapes."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route
from functions.collect.protocols.posthog.decoding import document, unread

CAPTURE = {
    "/batch": "Events of anybody, as servers send them.",
    "/capture": "One event, or several.",
    "/e": "One event, or several, as browsers send them.",
    "/i/v0/e": "One event, or several.",
    "/i/v0/ai/batch": "Events of a language model's traces.",
    "/track": "One event, by its oldest path.",
}

ENGAGE, ANALYTICS = "engage", "analytics"

NO_SUCH_SCRIPT = "The scripts of PostHog's own products, which are not here."

ROUTES = (
    *(Route("POST", path, "capture", summary, document=document) for path, summary in CAPTURE.items()),
    Route("POST", "/engage", ENGAGE, "Properties of a person, by an older path.", document=document),
    Route(
        "POST", "/i/v1/analytics/events", ANALYTICS, "Events, each answered by its uuid.", document=document
    ),
    Route("POST", "/flags", "flags", "Feature flags: there are none.", "settings", document),
    Route("POST", "/decide", "decide", "Feature flags, by an older path.", "settings", document),
    *(
        Route("GET", path, "definitions", "What feature flags are made of: nothing.", "settings")
        for path in ("/flags/definitions", "/api/feature_flag/local_evaluation")
    ),
    Route("GET", "/array/{token}/config", "config", "What the browser SDK asks for first.", "settings"),
    Route("GET", "/array/{token}/config.js", "config_script", "The same as a script.", "settings"),
    Route("POST", "/s", "recordings", "Session recordings, which are not kept.", "open", unread),
    Route("GET", "/static/{file}", "script", NO_SUCH_SCRIPT, "open"),
    Route("GET", "/static/{version}/{file}", "script", NO_SUCH_SCRIPT, "open"),
)
