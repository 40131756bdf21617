"""What to tell who shows no key where a format reads it: none came, or one came elsewhere, and whose place that is.

Loaded when a request is refused for it. No key is ever repeated.
"""

from __future__ import annotations

from collections.abc import Iterator

from functions.collect import protocols
from functions.collect.adapter.field_names import Words
from functions.collect.adapter.wire_format import Call
from functions.collect.auth.sources import Sources
from functions.collect.http.request import Request
from functions.collect.http.responses import MISPLACED_KEY, NO_KEY, Refused
from functions.collect.suggestions.near_paths import Near, near
from shared.plan.errors import shown

IN_BODIES = frozenset({"accesstoken", "apikey", "apisecret", "projectapikey", "writekey"})
IN_HEADERS = IN_BODIES | {
    "integrationsapikey", "key", "passcode", "token", "xapikey", "xclevertappasscode", "xmpkey", "xnetmeraapikey",
    "xwritekey",
}  # fmt: skip
"""The letters of names that carry a key in one format or another. In bodies `key` and `token` are also other things."""

SCHEMES = frozenset({"apikey", "app", "bearer", "digest", "ibsso", "key", "token"})
"""Of the header Authorization, besides Basic."""

MOST_LOOKED_AT = 50
"""Parameters of a query and fields of a body."""


def refusal(call: Call, words: Words, sources: Sources) -> Refused:
    """Of a request that `sources` was shown no credential of. `words` are those of the format whose path was asked."""
    place = next(_places(call), None)
    if place is None:
        return Refused(401, NO_KEY, f"no write key came; it belongs {words.key}")
    request = call.request
    sentence = f"a key came {place}, but {request.path} is {words.spoken}, where it belongs {words.key}"
    meant = _of_another_format(call, words, sources)
    if meant is not None:
        sentence += f"; {_words(meant).spoken} is at {meant.spoken(request.method)}"
        if host := meant.host(request):
            sentence += f". {host}"
    return Refused(401, MISPLACED_KEY, sentence)


def _places(call: Call) -> Iterator[str]:
    """Where something came that looks like a key: the authorization, another header, the query, the body."""
    request = call.request
    yield from _authorization(request)
    for name, value in request.headers.items():
        if value and _letters(name) in IN_HEADERS:
            yield f"in the header {shown(name)}"
    for name, value in list(request.query_values().items())[:MOST_LOOKED_AT]:
        if value and _letters(name) in IN_HEADERS:
            yield f"in the query as {shown(name)}"
    document = call.body.document
    if isinstance(document, dict):
        for name, value in list(document.items())[:MOST_LOOKED_AT]:
            if isinstance(value, str) and value and _letters(name) in IN_BODIES:
                yield f"in the body as {shown(name)}"


def _authorization(request: Request) -> Iterator[str]:
    """A word before the key is only repeated where it is a scheme: it may be the key."""
    authorization = request.headers.get("authorization", "").strip()
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        if authorization and scheme.lower() not in SCHEMES:
            yield "in the header Authorization, without a scheme"
        elif credentials:
            yield f"in the header Authorization, as {scheme.capitalize()}"
        return
    pair = request.basic_pair()
    if pair is None:
        if credentials:
            yield "in Basic authorization that is not the base64 of a user and a password"
        return
    user, _, password = pair.partition(":")
    if user or password:
        yield "in Basic authorization" if user else "in Basic authorization, as the password"


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _words(of: Near) -> Words:
    return protocols.wire_format(of.protocol).words


def _of_another_format(call: Call, words: Words, sources: Sources) -> Near | None:
    """The nearest path of another format that reads a key where one came."""
    for one in near(call.request.method, call.request.path):
        if _words(one) is not words and _finds_a_key(one, call, sources.afresh()):
            return one
    return None


def _finds_a_key(asked: Near, call: Call, sources: Sources) -> bool:
    """Whether the format at that path sees a key in the request, be it a source's or nobody's."""
    method = call.request.method
    found = protocols.find(asked.path)
    if found is None or method not in found.routes:
        return False
    format_ = protocols.wire_format(found.protocol)
    as_if = call._replace(format=format_, route=found.routes[method], parameters=found.parameters[method])
    try:
        source = format_.authenticate(as_if, sources)
    except Refused:
        return sources.was_shown
    return source is not None or sources.was_shown
