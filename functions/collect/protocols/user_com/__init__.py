"""User.com, formerly UserEngage: its REST API, and what its SDK for apps sends.

https://apidocs.user.com/
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, WireFormat
from functions.collect.auth.sources import Sources
from functions.collect.http.answer_size import ListLimit
from functions.collect.protocols.user_com.answers import answer, refuse
from functions.collect.protocols.user_com.other_calls import answer_other_call
from functions.collect.protocols.user_com.reading import WORDS, again, parse
from functions.collect.protocols.user_com.routes import ROUTES
from shared.workspace.collecting import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    """`Authorization: Token <key>`, for the REST API and the SDK alike; older SDKs have a header of their own."""
    request = call.request
    return sources.of(
        (request.authorization("Token"), request.headers.get("integrations-api-key"), request.basic_user())
    )


FORMAT = WireFormat(
    name="user_com",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    listed=ListLimit(100),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
