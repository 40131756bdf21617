"""The paths that every tracker has unless it was told another. As with the collector, whoever asks for an image brings
one event in the query."""

from __future__ import annotations

from functions.collect.adapter.wire_format import Route
from functions.collect.http.documents import query_document

PIXEL = "pixel"

PIXELS = ("/i", "/ice.png", "/com.snowplowanalytics.snowplow/tp2")

ROUTES = (
    Route(
        "POST", "/com.snowplowanalytics.snowplow/tp2", "events", "Events of any kind, as trackers batch them."
    ),
    *(
        Route("GET", path, PIXEL, "One event, asked for as an image.", document=query_document)
        for path in PIXELS
    ),
    *(Route("HEAD", path, PIXEL, "The same without the image.", document=query_document) for path in PIXELS),
)
