"""The two paths that every tracker has unless it was told another."""

from __future__ import annotations

from functions.collect.documents import query_document
from functions.collect.wire_format import Route

PIXEL = "pixel"

ROUTES = (
    Route(
        "POST", "/com.snowplowanalytics.snowplow/tp2", "events", "Events of any kind, as trackers batch them."
    ),
    Route("GET", "/i", PIXEL, "One event, asked for as an image.", document=query_document),
)
