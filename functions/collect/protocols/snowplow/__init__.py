"""Snowplow's tracker protocol 2, as its trackers speak it: batches by POST, single events by a pixel.

https://docs.snowplow.io/docs/events/http-requests/
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import WireFormat
from functions.collect.protocols.snowplow.access import authenticate
from functions.collect.protocols.snowplow.answers import answer, refuse
from functions.collect.protocols.snowplow.reading import WORDS, again, parse
from functions.collect.protocols.snowplow.routes import ROUTES

FORMAT = WireFormat(
    name="snowplow",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
)
