"""Of the collector's routes and of the specification of enrichment's adapter for the tracker protocol."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from functions.collect.protocols.snowplow.answers import GIF
from tests.fakes.collect_stage import LENIENT, OBSERVE
from tests.unit.collect.reported.row import Reported

TP2 = "/com.snowplowanalytics.snowplow/tp2"

VIEW = {"e": "pv", "url": "https://shop.example/", "aid": OBSERVE}
ACTION = {"e": "se", "se_ac": "Look Around", "aid": OBSERVE}


def posted(*events: dict[str, Any] | None, **said: Any) -> Reported:
    return Reported(TP2, {"schema": "iglu:…", "data": list(events)}, **said)


def asked(path: str, method: str = "GET", answer: object = GIF, **parameters: str) -> Reported:
    event = {"type": "page", "anonymous_id": "visitor-1", "user_id": None}
    query = urlencode({**VIEW, "duid": "visitor-1", **parameters})
    return Reported(path, method=method, query=query, answer=answer, events=(event,))


ROWS = {
    "a query's network id holds for every event of the body": posted(
        VIEW,
        ACTION,
        query="nuid=123",
        answer="ok",
        events=({"type": "page", "anonymous_id": "123"}, {"name": "Look Around", "anonymous_id": "123"}),
    ),
    "a query's parameters win over the body's": posted(
        {**VIEW, "uid": "u1"}, query="uid=u2&tz=", events=({"user_id": "u2"},)
    ),
    "an app id in the query alone": posted(
        {"e": "pv", "uid": "u1"}, query=f"aid={OBSERVE}", events=({"user_id": "u1"},)
    ),
    "what is no event beside one, with a query": posted(
        None, VIEW, query="nuid=123", events=({"anonymous_id": "123"},), refused=(("malformed",),)
    ),
    "an event by the path of the trackers' posts": asked(TP2),
    "an event by the image's oldest path": asked("/ice.png"),
    "an event by the image's path": asked("/i"),
    "an event by HEAD": asked("/i", "HEAD", answer=None),
    "an event by HEAD and the path of the trackers' posts": asked(TP2, "HEAD", answer=None),
    "HEAD by nobody": Reported(
        "/i", method="HEAD", query=urlencode(VIEW), status=400, refused=(("no_identity",),)
    ),
    "events with the app ids of two sources": posted(
        {**VIEW, "uid": "u1"},
        {**VIEW, "uid": "u2", "aid": LENIENT},
        status=400,
        answer={
            "error": "several_app_ids",
            "message": (
                "the events of a request must have app ids of one source; these are of: lenient, observe"
            ),
        },
    ),
    "an app id that is known and one that is not": posted(
        {**VIEW, "uid": "u1", "aid": "old-shop"}, {**VIEW, "uid": "u2"},
        events=({"user_id": "u1"}, {"user_id": "u2"}),
    ),
    "an old kind of event": posted(
        {**VIEW, "e": "ad", "uid": "u1"}, status=400, answer={"error": "malformed"}, refused=(("malformed",),)
    ),
    "a redirect": Reported(
        "/r/tp2", method="GET", query="u=https%3A%2F%2Fshop.example", status=404, answer={"error": "not_found"}
    ),
}  # fmt: skip
