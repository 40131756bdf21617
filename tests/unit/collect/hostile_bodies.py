"""Requests no client of ours would send: arbitrary bytes, arbitrary JSON, real payloads with parts replaced or cut."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from functions.collect.protocols.twilio_segment.routes import ROUTES
from shared.plan.reasons import Code
from tests.fakes.collect_stage import BROWSER, LENIENT, OBSERVE, STRICT, Api, basic, purchase

PAYLOADS = [
    json.loads(file.read_text())["request"]
    for file in sorted((Path(__file__).parents[2] / "payloads").glob("twilio_segment/*.json"))
]

FIELDS = sorted(
    {
        "batch", "type", "event", "name", "category", "messageId", "userId", "anonymousId", "previousId", "groupId",
        "properties", "traits", "context", "timestamp", "originalTimestamp", "sentAt", "channel", "writeKey",
        "integrations", "user_hash", "previous_user_hash", "sessionId", "userAgent", "ip", "amount", "currency",
    }
)  # fmt: skip

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=20),  # lone surrogates too
    st.sampled_from(
        [
            "track", "identify", "page", "screen", "group", "alias", "system", "Complete Purchase", "View Item", "",
            "null", "u1", "2026-11-21T11:59:58Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
            "2026-W47-6", "1500", "USD", "x" * 300, "\ud800", "\u0000", STRICT,
        ]
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(),
    st.sampled_from([2**63, -(2**63) - 1, 2**64, 10**400, 0, -1, 1e308]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(FIELDS), TEXTS), inner, max_size=3),
    ),
    max_leaves=6,
)


class Hostile(NamedTuple):
    """A request that means no good; `api` is the kind of API that it comes through."""

    path: str
    body: bytes
    key: str | None
    headers: dict[str, str]
    api: Api


@st.composite
def mutated_payloads(draw: st.DrawFn) -> Any:
    """One of the payloads that clients really send, damaged."""
    return draw(mutations(draw(st.sampled_from([one["body"] for one in PAYLOADS]))))


@st.composite
def mutations(draw: st.DrawFn, payload: Any) -> Any:
    """A client's payload in which up to four places are something else, gone, or said again elsewhere."""
    document = copy.deepcopy(payload)
    for _ in range(draw(st.integers(0, 4))):
        place: Any = document
        while isinstance(place, (dict, list)) and place:
            step = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if isinstance(place[step], (dict, list)) and place[step] and draw(st.booleans()):
                place = place[step]
                continue
            if draw(st.booleans()):
                place[step] = draw(VALUES)
            elif draw(st.booleans()):
                del place[step]
            elif isinstance(place, dict):
                place[draw(st.sampled_from(FIELDS))] = copy.deepcopy(place[step])
            else:
                place.append(copy.deepcopy(place[step]))
            break
    return document


def nested(levels: int) -> str:
    """A track of so many levels of objects and lists each."""
    return '{"userId":"u1","event":"View Item","context":' + '{"a":[' * levels + "1" + "]}" * levels + "}"


JSON = st.one_of(
    mutated_payloads().map(json.dumps),
    VALUES.map(json.dumps),
    st.lists(VALUES, max_size=4).map(lambda items: json.dumps({"batch": items})),
    st.integers(0, 2000).map(nested),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """JSON as bytes, cut somewhere or with other bytes inside."""
    body = draw(JSON).encode("utf-8", "surrogatepass")
    at = draw(st.integers(0, len(body)))
    return body[:at] + draw(st.binary(max_size=4)) + body[at + draw(st.integers(0, 4)) :]


BODIES = st.one_of(
    st.binary(max_size=200),
    JSON.map(lambda text: text.encode("utf-8", "surrogatepass")),
    JSON.map(lambda text: text.encode("utf-8", "surrogatepass")),
    JSON.map(lambda text: b"\xef\xbb\xbf" + text.encode()),
    damaged(),
).flatmap(
    lambda body: st.sampled_from([body, body, body, gzip.compress(body, 1), gzip.compress(body, 1)[:-5]])
)

HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "text/plain", "application/x-www-form-urlencoded", ""]),
        "content-encoding": st.sampled_from(["gzip", "identity", "br"]),
        "x-retry-count": st.one_of(st.sampled_from(["0", "1", ""]), st.text(max_size=5)),
        "headrace-debug": st.sampled_from(["1", "0"]),
        "origin": st.sampled_from(["https://shop.example", "https://evil.example", "null"]),
        "user-agent": st.text(max_size=20),
        "authorization": st.one_of(st.text(max_size=20), st.sampled_from([basic(STRICT), "Basic é", "Basic ="])),
    },
)  # fmt: skip

KEYS = st.sampled_from([STRICT, LENIENT, OBSERVE, BROWSER, None])


@st.composite
def nearly_right(draw: st.DrawFn) -> Hostile:
    """A client's payload at its own path, mutated: what is nearly right gets furthest."""
    payload = draw(st.sampled_from([*PAYLOADS, {"path": "/v1/batch", "body": {"batch": [purchase()] * 3}}]))
    body = json.dumps(draw(mutations(payload["body"]))).encode()
    return Hostile(payload["path"], body, draw(KEYS), draw(st.one_of(st.just({}), HEADERS)), "http")


REQUESTS = st.one_of(
    st.builds(
        Hostile,
        path=st.sampled_from(sorted(route.path for route in ROUTES if route.kind == "events")),
        body=BODIES,
        key=KEYS,
        headers=st.one_of(st.just({}), st.just({}), HEADERS),
        api=st.sampled_from(["http", "rest"]),
    ),
    nearly_right(),
)

REASONS = {code.value for code in Code}
