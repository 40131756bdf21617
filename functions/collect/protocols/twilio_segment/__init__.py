"""Twilio Segment's HTTP Tracking API, which is Headrace's own as well; RudderStack's SDKs speak it too.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
https://www.rudderstack.com/docs/api/http-api/
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, ItemLimit, WireFormat
from functions.collect.auth.sources import Sources
from functions.collect.protocols.twilio_segment.answers import answer, refuse
from functions.collect.protocols.twilio_segment.other_calls import answer_other_call
from functions.collect.protocols.twilio_segment.reading import WORDS, again, parse
from functions.collect.protocols.twilio_segment.routes import ROUTES
from shared.workspace.collecting import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    """The write key: by Basic authorization (servers), in the body or path (browsers), or in the query (beacons)."""
    request = call.request
    source = sources.of((request.basic_user(),))
    if source is not None:
        return source
    document = call.body.document
    in_body = document.get("writeKey") if isinstance(document, dict) else None
    return sources.of((in_body, request.query_value("writeKey"), call.parameters.get("key")))


FORMAT = WireFormat(
    name="twilio_segment",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    items=ItemLimit(request="a batch"),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
