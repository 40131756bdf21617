"""Amazon Pinpoint's events and endpoints, as its clients ask for them; the service itself ended on 2026-10-30.

https://docs.aws.amazon.com/pinpoint/latest/apireference/ (the model that ships in botocore is the same)
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import ItemLimit, WireFormat
from functions.collect.http.answer_size import ListLimit
from functions.collect.protocols.pinpoint.access import authenticate
from functions.collect.protocols.pinpoint.answers import answer, refuse
from functions.collect.protocols.pinpoint.other_calls import answer_other_call
from functions.collect.protocols.pinpoint.reading import WORDS, again, parse
from functions.collect.protocols.pinpoint.routes import ROUTES

FORMAT = WireFormat(
    name="pinpoint",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    items=ItemLimit(items="endpoints and events"),
    bulk=ItemLimit(100, request="Item", items="endpoints"),
    listed=ListLimit(10),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
