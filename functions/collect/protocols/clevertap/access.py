"""The account id, and what comes with it: a server's passcode, an app's token, nothing from a page.

As a write key of ours, a server sends it as the passcode, a page or an app as its account id.
https://developer.clevertap.com/docs/authentication
"""

from __future__ import annotations

from collections.abc import Iterator

from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from functions.collect.http.responses import Refused
from functions.collect.protocols.clevertap.routes import APP, WEB
from shared.plan.reasons import Code
from shared.workspace.collecting import Source


def authenticate(call: Call, sources: Sources) -> Source | None:
    """Raises Refused for a page's data that cannot be read: the account id is in there."""
    source = sources.of(_shown(call))
    if source is None and call.route.call == WEB and call.body.problem is not None:
        raise Refused(400, Code.MALFORMED, call.body.problem)
    return source


def _shown(call: Call) -> Iterator[object]:
    """An account id alone is no credential of a server: it would make the passcode idle."""
    request, headers = call.request, call.request.headers
    document = call.body.document
    if call.route.call == WEB:
        yield _field(document, "id")
        return
    account = headers.get("x-clevertap-account-id")
    if call.route.call != APP:
        passcode = headers.get("x-clevertap-passcode")
        yield f"{account}:{passcode}"
        yield passcode
        yield request.basic_user()
        return
    header = document[0] if isinstance(document, list) and document else None
    token = headers.get("x-clevertap-token") or _field(header, "tk")
    for shown in (account, request.query_value("z"), _field(header, "id")):
        yield f"{shown}:{token}"
        yield shown


def _field(document: object, name: str) -> object:
    return document.get(name) if isinstance(document, dict) else None
