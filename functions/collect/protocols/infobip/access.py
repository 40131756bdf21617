"""The API key or the app's application code, in the authorization header under one of Infobip's four schemes.

https://www.infobip.com/docs/essentials/api-essentials/api-authentication
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from shared.workspace.model import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
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
