"""CloudEvents 1.0 over HTTP: one in headers and body (binary), one in the body (structured), or many (batch).

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, ItemLimit, Route, WireFormat
from functions.collect.auth.sources import Sources
from functions.collect.protocols.cloudevents.answers import answer, refuse
from functions.collect.protocols.cloudevents.modes import events_of
from functions.collect.protocols.cloudevents.reading import WORDS, again, parse
from shared.workspace.collecting import Source

# Senders are given a URL: one with a path of its own, or the bare host.
SUMMARY = "CloudEvents, in binary, structured or batched mode."

ROUTES = tuple(Route("POST", path, "events", SUMMARY, document=events_of) for path in ("/cloudevents", "/"))


def authenticate(call: Call, sources: Sources) -> Source | None:
    """The write key. CloudEvents leaves authentication to HTTP: it may be Bearer, the Basic user or in the query."""
    request = call.request
    return sources.of(
        (request.authorization("Bearer"), request.basic_user(), request.query_value("writeKey"))
    )


FORMAT = WireFormat(
    name="cloudevents",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    items=ItemLimit(request="a batch"),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
)
