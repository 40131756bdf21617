"""Key and secret by Basic authorization (servers); the key in the path or in `x-mp-key` (browsers).

A source's write key works as the key, with any secret. What mParticle gave out works if the source accepts it:
`KEY:SECRET` for servers, `KEY` for browsers. Nobody's credentials are 401, unknown ones 403.
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from functions.collect.http.responses import NO_KEY, UNKNOWN_KEY, Refused
from shared.workspace.collecting import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    request = call.request
    shown = (
        request.basic_pair(),
        request.basic_user(),
        call.parameters.get("key"),
        request.headers.get("x-mp-key"),
    )
    source = sources.of(shown)
    if source is not None:
        return source
    if any(shown):
        raise Refused(403, UNKNOWN_KEY, "no source has this key and secret")
    raise Refused(401, NO_KEY, "no key came")
