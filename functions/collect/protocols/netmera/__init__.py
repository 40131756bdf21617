"""Netmera's REST API, version 3.0. Its SDKs speak a format of their own, which is not public.

https://user.netmera.com/netmera-developer-guide/api-documentation/rest-api/events
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, ItemLimit, WireFormat
from functions.collect.auth.sources import Sources
from functions.collect.protocols.netmera.answers import answer, refuse
from functions.collect.protocols.netmera.other_calls import answer_other_call
from functions.collect.protocols.netmera.reading import WORDS, again, parse
from functions.collect.protocols.netmera.routes import ROUTES
from shared.workspace.collecting import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    """The REST API key, in a header of its own. `curl -u KEY:` works as well, as everywhere here."""
    request = call.request
    return sources.of((request.headers.get("x-netmera-api-key"), request.basic_user()))


FORMAT = WireFormat(
    name="netmera",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    items=ItemLimit(items="events or people"),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
