"""The calls that bring events, those that concern definitions, and the app's. The Android SDK says PATCH as a POST
with `X-HTTP-Method-Override`, so both mean it."""

from __future__ import annotations

from typing import Any

from functions.collect.adapter.wire_format import Route
from functions.collect.http.documents import json_document
from functions.collect.http.request import Request
from shared.workspace.limits import MOST_ITEMS


def _json_or_nothing(request: Request, raw: bytes) -> Any:
    """A body that may be missing is an empty object. Raises Unreadable."""
    return json_document(request, raw) if raw else {}


INSTALLATION = "/mobile/1/appinstance/{regId}"

CHANGES = {
    "change_installation": (
        INSTALLATION,
        "What changed about an app's installation, its push token above all.",
    ),
    "change_user": (f"{INSTALLATION}/user", "What changed about an installation's person."),
}

ROUTES = (
    Route(
        "POST",
        "/peopleevents/2/persons/{personId}/definitions/{definitionId}/events",
        "event",
        "One event of a person.",
        document=_json_or_nothing,
    ),
    Route(
        "POST",
        "/peopleevents/1/persons/{personId}/definitions/{definitionId}/events",
        "first_version_event",
        "One event of a person, as the API's first version had it.",
        document=_json_or_nothing,
    ),
    Route("POST", "/people/3/events", "batch", f"Up to {MOST_ITEMS:,} events of many people."),
    Route("GET", "/peopleevents/2/definitions", "definitions", "The tracking plan's definitions.", "private"),
    Route("POST", "/peopleevents/2/definitions", "define", "A definition more.", "private"),
    *(
        Route(method, "/peopleevents/2/definitions/{definitionId}", call, summary, "private")
        for method, call, summary in (
            ("GET", "definition", "One definition of the tracking plan."),
            ("POST", "extend", "Another title and more fields for a definition."),
            ("PUT", "extend", "Another title and more fields for a definition."),
        )
    ),
    Route(
        "GET",
        "/peopleevents/1/export/definitions",
        "definition_ids",
        "The ids of all definitions.",
        "private",
    ),
    Route("POST", "/mobile/1/appinstance", "register", "An installation of the app, with its push token."),
    *(
        Route(method, path, call, summary)
        for call, (path, summary) in CHANGES.items()
        for method in ("PATCH", "POST")
    ),
    Route("POST", f"{INSTALLATION}/personalize", "personalize", "Who uses the installation from now on."),
    Route(
        "POST",
        f"{INSTALLATION}/depersonalize",
        "depersonalize",
        "The person logged out: no push of theirs goes there any more.",
        document=_json_or_nothing,
    ),
    Route("POST", f"{INSTALLATION}/user/events/custom", "custom_events", "Events of an app's person."),
    Route("POST", f"{INSTALLATION}/user/events/session", "sessions", "When the app was used."),
)
