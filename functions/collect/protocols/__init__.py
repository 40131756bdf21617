"""The wire formats `collect` speaks: which paths belong to which, and what each of them offers.

A protocol is a package with facts of its vendor and nothing else. It is loaded when a path of its own is first asked
for, so that a cold start pays for the formats a stack uses. `docs/adding-a-protocol.md` says how to add one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

from functions.collect.adapter.wire_format import Route, WireFormat
from functions.collect.caching import cached_when_short

CLAIMS: dict[str, str] = {
    "/1": "clevertap",
    "/a": "clevertap",
    "/a1": "clevertap",
    "/defineVars": "clevertap",
    "/hello": "clevertap",
    "/r": "clevertap",
    "/array": "posthog",
    "/batch": "posthog",
    "/beacon": "twilio_segment",
    "/capture": "posthog",
    "/": "cloudevents",
    "/cloudevents": "cloudevents",
    "/com.snowplowanalytics.snowplow": "snowplow",
    "/collect": "ga4",
    "/debug/mp": "ga4",
    "/g": "ga4",
    "/gtag": "ga4",
    "/j": "ga4",
    "/mp": "ga4",
    "/decide": "posthog",
    "/e": "posthog",
    "/engage": "posthog",
    "/flags": "posthog",
    "/s": "posthog",
    "/static": "posthog",
    "/track": "posthog",
    "/i": "snowplow",
    "/ice.png": "snowplow",
    "/r/tp2": "snowplow",
    "/i/v0": "posthog",
    "/i/v1": "posthog",
    "/flow": "twilio_segment",
    "/flow.js": "twilio_segment",
    "/flow-clevertap.js": "twilio_segment",
    "/flow-netmera.js": "twilio_segment",
    "/flow-userengage.js": "twilio_segment",
    "/JS": "mparticle",
    "/identity": "mparticle",
    "/tags": "mparticle",
    "/v2": "mparticle",
    "/v3": "mparticle",
    "/v1/JS": "mparticle",
    "/v1/identity": "mparticle",
    "/webevents": "mparticle",
    "/mobile": "infobip",
    "/people": "infobip",
    "/peopleevents": "infobip",
    "/rest/3.0": "netmera",
    "/api/conversations": "posthog",
    "/api/early_access_features": "posthog",
    "/api/feature_flag": "posthog",
    "/api/product_tours": "posthog",
    "/api/projects": "posthog",
    "/api/surveys": "posthog",
    "/api/users": "posthog",
    "/api/web_experiments": "posthog",
    "/report": "posthog",
    "/api/public": "user_com",
    "/api/sdk": "user_com",
    "/sourceConfig": "twilio_segment",
    "/v1": "twilio_segment",
    "/v1/apps": "pinpoint",
    "/v1/phone": "pinpoint",
    "/v1/recommenders": "pinpoint",
    "/v1/tags": "pinpoint",
    "/v1/templates": "pinpoint",
}
"""The beginnings of paths, and the package whose paths they are. The longest that fits counts."""

MOST_STEPS = max(claim.count("/") for claim in CLAIMS)
"""Of a claim: of a path with thousands of steps, only its beginning is looked for."""

NAMES = tuple(sorted(set(CLAIMS.values())))


class Found(NamedTuple):
    """What a path asks for, by method: the protocol's routes at this path, and the path's parameters as they came."""

    protocol: str
    routes: dict[str, Route]
    parameters: dict[str, dict[str, str]]


@cache
def wire_format(name: str) -> WireFormat:
    declared: WireFormat = import_module(f"functions.collect.protocols.{name}").FORMAT
    return declared


@cached_when_short(1024)
def find(path: str) -> Found | None:
    """None when no protocol claims the path. Without routes, when its protocol knows no such path."""
    claim = path if path.count("/") <= MOST_STEPS else "/".join(path.split("/", MOST_STEPS + 1)[:-1])
    while claim not in CLAIMS:
        claim = claim.rpartition("/")[0]
        if claim in ("", "/"):  # the root claims itself alone
            return None
    name = CLAIMS[claim]
    steps = path.split("/")
    found = Found(name, {}, {})
    for route in wire_format(name).routes:
        parameters = _match(route.path.split("/"), steps)
        if parameters is not None and route.method not in found.routes:
            found.routes[route.method] = route
            found.parameters[route.method] = parameters
    return found


def _match(template: list[str], steps: list[str]) -> dict[str, str] | None:
    """The values of the template's `{parameters}`, when the path is one of its kind.

    A last `{parameter+}` takes whatever follows, slashes too: a gateway that decodes paths leaves no other way to an id
    that has one.
    """
    if template[-1].endswith("+}") and len(steps) > len(template):
        steps = [*steps[: len(template) - 1], "/".join(steps[len(template) - 1 :])]
    if len(template) != len(steps):
        return None
    values: dict[str, str] = {}
    for expected, step in zip(template, steps, strict=True):
        if expected.startswith("{"):
            if not step:
                return None
            values[expected[1:-1].removesuffix("+")] = step
        elif expected != step:
            return None
    return values
