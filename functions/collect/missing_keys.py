"""What to tell who shows no key where a format reads it: none came, or one came elsewhere, and whose place that is.

Loaded when a request is refused for it. No key is ever repeated.
"""

from __future__ import annotations

from collections.abc import Iterator

from functions.collect import protocols
from functions.collect.near_paths import OUR_OWN, Near, near
from functions.collect.request import Request
from functions.collect.responses import MISPLACED_KEY, NO_KEY, Refused
from functions.collect.sources import Sources
from functions.collect.wire_format import Call

SPOKEN = {
    "clevertap": "CleverTap's format",
    "cloudevents": "CloudEvents",
    "ga4": "GA4's Measurement Protocol",
    "infobip": "Infobip's format",
    "mparticle": "mParticle's format",
    "netmera": "Netmera's format",
    "pinpoint": "Amazon Pinpoint's format",
    "posthog": "PostHog's format",
    "snowplow": "Snowplow's format",
    "twilio_segment": "the format of Segment and Headrace",
    "user_com": "User.com's format",
}

IN_BODIES = frozenset({"accesstoken", "apikey", "apisecret", "projectapikey", "writekey"})
IN_HEADERS = IN_BODIES | {
    "integrationsapikey", "key", "passcode", "token", "xapikey", "xclevertappasscode", "xmpkey", "xnetmeraapikey",
    "xwritekey",
}  # fmt: skip
"""The letters of names that carry a key in one format or another. In bodies `key` and `token` are also other things."""

MOST_LOOKED_AT = 50
"""Parameters of a query and fields of a body."""


def refusal(call: Call, sources: Sources) -> Refused:
    """Of a request that `sources` was shown no credential of."""
    found = protocols.find(call.request.path)
    protocol = found.protocol if found is not None else OUR_OWN
    where = protocols.wire_format(protocol).WORDS.key
    place = next(_places(call), None)
    if place is None:
        return Refused(401, NO_KEY, f"no write key came; it belongs {where}")
    sentence = f"a key came {place}, but {call.request.path} is {SPOKEN[protocol]}, where it belongs {where}"
    meant = _of_another_format(call, protocol, sources)
    if meant is not None:
        sentence += f"; {SPOKEN[meant.protocol]} is at {meant.spoken(call.request.method)}"
        if host := meant.host(call.request):
            sentence += f". {host}"
    return Refused(401, MISPLACED_KEY, sentence)


def _places(call: Call) -> Iterator[str]:
    """Where something came that looks like a key: the authorization, another header, the query, the body."""
    request = call.request
    yield from _authorization(request)
    for name, value in request.headers.items():
        if value and _letters(name) in IN_HEADERS:
            yield f"in the header {name}"
    for name, value in list(request.query_values().items())[:MOST_LOOKED_AT]:
        if value and _letters(name) in IN_HEADERS:
            yield f"in the query as {name}"
    document = call.body.document
    if isinstance(document, dict):
        for name, value in list(document.items())[:MOST_LOOKED_AT]:
            if isinstance(value, str) and value and _letters(name) in IN_BODIES:
                yield f"in the body as {name}"


def _authorization(request: Request) -> Iterator[str]:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        user, _, password = (request.basic_pair() or "").partition(":")
        if user or password:
            yield "in Basic authorization" if user else "in Basic authorization, as the password"
    elif credentials.strip():
        yield f"in the header Authorization, as {scheme[:20]}"


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _of_another_format(call: Call, protocol: str, sources: Sources) -> Near | None:
    """The nearest path of another format that reads a key where one came."""
    for one in near(call.request.method, call.request.path):
        if one.protocol != protocol and _finds_a_key(one, call, sources.afresh()):
            return one
    return None


def _finds_a_key(asked: Near, call: Call, sources: Sources) -> bool:
    """Whether the format at that path sees a key in the request, be it a source's or nobody's."""
    method = call.request.method
    found = protocols.find(asked.path)
    if found is None or method not in found.routes:
        return False
    as_if = call._replace(route=found.routes[method], parameters=found.parameters[method])
    try:
        source = protocols.wire_format(found.protocol).authenticate(as_if, sources)
    except Refused:
        return sources.was_shown
    return source is not None or sources.was_shown
