"""mParticle: its Events API for servers, its web SDK, and CleverTap's feed, which is an mParticle feed.

https://docs.mparticle.com/developers/apis/http/
https://docs.mparticle.com/developers/apis/json-reference/
https://docs.mparticle.com/integrations/clevertap/feed/
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import ItemLimit, WireFormat
from functions.collect.protocols.mparticle.access import authenticate
from functions.collect.protocols.mparticle.answers import WORDS, answer, refuse
from functions.collect.protocols.mparticle.other_calls import answer_other_call
from functions.collect.protocols.mparticle.reading import again, parse
from functions.collect.protocols.mparticle.routes import ROUTES

FORMAT = WireFormat(
    name="mparticle",
    about=__doc__,
    routes=ROUTES,
    words=WORDS,
    bulk=ItemLimit(100, request="a bulk request", items="batches"),
    authenticate=authenticate,
    parse=parse,
    again=again,
    answer=answer,
    refuse=refuse,
    other_calls=answer_other_call,
)
