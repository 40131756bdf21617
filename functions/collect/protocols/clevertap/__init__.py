"""CleverTap: the REST upload, the web SDK, and the batches of its mobile SDKs.

https://developer.clevertap.com/docs/upload-events-api
https://developer.clevertap.com/docs/upload-user-profiles-api
https://github.com/CleverTap/clevertap-web-sdk
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import ItemLimit, WireFormat
from functions.collect.protocols.clevertap.access import authenticate
from functions.collect.protocols.clevertap.answers import answer, refuse
from functions.collect.protocols.clevertap.other_calls import answer_other_call
from functions.collect.protocols.clevertap.reading import again, parse
from functions.collect.protocols.clevertap.records import WORDS
from functions.collect.protocols.clevertap.routes import ROUTES

FORMAT = WireFormat(
    name="clevertap",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    items=ItemLimit(1000, items="records"),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
