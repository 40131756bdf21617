"""One path for a server's records, one for pages, and those of apps."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route
from functions.collect.protocols.clevertap.web.decoding import web_document

UPLOAD, WEB, APP = "upload", "web", "app"
PROFILE, HANDSHAKE = "profile", "handshake"

ROUTES = (
    Route("POST", "/1/upload", UPLOAD, "Up to 1,000 events, profiles and device tokens."),
    Route(
        "GET", "/a", WEB, "One page view, event, profile or push token of the web SDK.", document=web_document
    ),
    Route("POST", "/a1", APP, "A batch of a mobile SDK: its header, then its events."),
    Route("GET", "/1/profile.json", PROFILE, "One person, by identity, objectId or email.", "private"),
    Route("GET", "/hello", HANDSHAKE, "Where a mobile SDK is to send its batches.", "open"),
    Route("POST", "/hello", HANDSHAKE, "Where a mobile SDK is to send its batches.", "open"),
)
