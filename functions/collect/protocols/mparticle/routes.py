"""Servers' batches, and the web SDK's by the paths of its own hosts and by those of its `domain` setting (CNAME).

https://docs.mparticle.com/developers/sdk/web/self-hosting/
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route

BATCH, BULK, WEB = "events", "bulkevents", "web_events"

IDENTITY_CALLS = {
    "identify": "Who the browser's person is, as far as the page knows.",
    "login": "A person logged in; what the browser did before is theirs.",
    "logout": "The person logged out; the browser stays theirs.",
    "modify": "Other identities of the same person.",
}

# The paths below /webevents and /tags are what the SDK asks for once `domain` is set.
ROUTES = (
    Route("POST", "/v2/events", BATCH, "One batch: a person, their attributes and events."),
    Route("POST", "/v2/bulkevents", BULK, "Up to 100 batches."),
    *(
        Route("POST", path, WEB, "One batch of a browser.")
        for path in ("/v3/JS/{key}/events", "/webevents/v3/JS/{key}/events")
    ),
    *(Route("POST", f"/identity/v1/{call}", call, summary) for call, summary in IDENTITY_CALLS.items()),
    Route("POST", "/identity/v1/{mpid}/modify", "modify", IDENTITY_CALLS["modify"]),
    *(
        Route("GET", path, "config", "What the web SDK asks for first.", "settings")
        for path in ("/v2/JS/{key}/config", "/JS/v2/{key}/config", "/tags/JS/v2/{key}/config")
    ),
    *(
        Route(
            "POST",
            path,
            "alias",
            "The wish that a visitor's events be a person's, which login has done already.",
            "settings",
        )
        for path in ("/v1/identity/{key}/Alias", "/webevents/v1/identity/{key}/Alias")
    ),
)
