"""Infobip's People Events API, and what the app's Mobile Messaging SDK sends of events, users and installations.

https://www.infobip.com/docs/api/customer-engagement/people
https://github.com/infobip/mobile-messaging-sdk-android
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, ItemLimit, WireFormat
from functions.collect.auth.sources import Sources
from functions.collect.http.answer_size import ListLimit
from functions.collect.protocols.infobip.answers import WORDS, answer, refuse
from functions.collect.protocols.infobip.other_calls import answer_other_call
from functions.collect.protocols.infobip.reading import again, parse
from functions.collect.protocols.infobip.routes import ROUTES
from shared.workspace.collecting import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    """The API key or the app's application code, in the authorization header under one of Infobip's four schemes.

    https://www.infobip.com/docs/essentials/api-essentials/api-authentication
    """
    request = call.request
    return sources.of(
        (
            request.authorization("App"),
            request.basic_pair(),
            request.basic_user(),
            request.authorization("IBSSO"),
            request.authorization("Bearer"),
        )
    )


FORMAT = WireFormat(
    name="infobip",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    items=ItemLimit(request="a batch"),
    listed=ListLimit(1000),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
