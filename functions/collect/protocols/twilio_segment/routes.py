"""Each call by its name and, as the browser SDK says it, by its first letter."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route
from shared.workspace.limits import MOST_ITEMS

CALLS = {
    "track": "One event of a person.",
    "identify": "Traits of a person.",
    "page": "A page a person opened.",
    "screen": "A screen of an app a person opened.",
    "group": "The group a person belongs to.",
    "alias": "Two ids that are one person.",
    "batch": f"Up to {MOST_ITEMS:,} events of any type.",
}

BATCHES = ("/v1/import", "/flow", "/beacon/v1/batch")
"""Segment's old import; the browser tag's own path, with a name no ad blocker knows; RudderStack's beacons."""

TAG_FILES = ("/flow.js", "/flow-clevertap.js", "/flow-netmera.js", "/flow-userengage.js")
"""The browser tag, and what lets pages written for another vendor's tag go on as they are."""

# Screen's letter is s and page's p: all differ.
ROUTES = (
    *(
        Route("POST", path, call, summary)
        for call, summary in CALLS.items()
        for path in (f"/v1/{call}", f"/v1/{call[0]}")
    ),
    *(Route("POST", path, "batch", CALLS["batch"]) for path in BATCHES),
    Route("POST", "/v1/m", "metrics", "The browser SDK's figures about itself, which are not kept.", "open"),
    Route(
        "GET", "/v1/projects/{key}/settings", "settings", "What the browser SDK asks for first.", "settings"
    ),
    Route(
        "GET", "/sourceConfig", "source_config", "What RudderStack's browser SDK asks for first.", "settings"
    ),
    *(Route("GET", path, "tag", "The browser tag, and its shims.", "open") for path in TAG_FILES),
)
