"""Every wire format's own requests with parts replaced, gone, or said again elsewhere.

Never a 5xx, every refusal in the format's own error shape, and every event either on the stream or kept as rejected.
"""

from __future__ import annotations

import contextlib
import copy
import gzip
import io
import json
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.collect import protocols
from tests.fakes.collect_stage import BROWSER, LENIENT, STRICT, Answer, Stage
from tests.unit.collect.hostile_bodies import VALUES, mutations

PAYLOADS = Path(__file__).parents[2] / "payloads"

STAGE = Stage()
"""One for all examples, as one container serves many requests."""

TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.just("1e9"))


class Mangled(NamedTuple):
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def requests_of(protocol: str) -> list[dict[str, Any]]:
    files = sorted((PAYLOADS / protocol).glob("*.json"))
    return [orjson.loads(file.read_bytes())["request"] for file in files]


@st.composite
def mangled(draw: st.DrawFn, requests: list[dict[str, Any]]) -> Mangled:
    request = draw(st.sampled_from(requests))
    headers = dict(request.get("headers", {}))
    if draw(st.integers(0, 9)) == 0 and headers:
        headers[draw(st.sampled_from(sorted(headers)))] = draw(
            st.one_of(
                st.text(max_size=30), st.sampled_from([f"Bearer {STRICT}", "Basic ===", LENIENT, BROWSER])
            )
        )
    query = request.get("query", "")
    if query and draw(st.booleans()):
        query = draw(_queries(query))
    path = request["path"]
    if draw(st.integers(0, 9)) == 0:
        steps = path.split("/")
        steps[draw(st.integers(1, len(steps) - 1))] = draw(
            st.sampled_from(["", "%00", "x" * 300, "null", "%F0%9F"])
        )
        path = "/".join(steps)
    return Mangled(request.get("method", "POST"), path, query, headers, draw(_bodies(request)))


@st.composite
def _queries(draw: st.DrawFn, query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    if not pairs:
        return draw(st.text(max_size=30))
    at = draw(st.integers(0, len(pairs) - 1))
    name, value = pairs[at]
    change = draw(st.sampled_from(["gone", "cut", "other", "twice"]))
    if change == "gone":
        pairs.pop(at)
    elif change == "cut":
        pairs[at] = (name, value[: draw(st.integers(0, len(value)))])
    elif change == "other":
        pairs[at] = (
            name,
            draw(st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.just("1e9"))),
        )
    else:
        pairs.append((name, value[::-1]))
    return urlencode(pairs)


@st.composite
def _bodies(draw: st.DrawFn, request: dict[str, Any]) -> bytes:
    if "text" in request:
        body = request["text"].encode()
    elif "body" in request:
        document = draw(mutations(copy.deepcopy(request["body"])))
        if draw(st.integers(0, 19)) == 0:
            document = draw(VALUES)
        body = _written(document)
    else:
        return b""
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(max_size=4)) + body[at + draw(st.integers(0, 4)) :]
    return gzip.compress(body, 1) if request.get("encode") == "gzip" and draw(st.booleans()) else body


def _written(document: Any) -> bytes:
    """As a client's library would write it, which writes NaN, lone surrogates and numbers without end."""
    return json.dumps(document).encode("utf-8", "surrogatepass")


def answered(request: Mangled) -> Answer:
    STAGE.stream.entries.clear()
    STAGE.rejected.requests.clear()
    with contextlib.redirect_stdout(io.StringIO()):
        return STAGE.request(request.method, request.path, request.body, request.headers, query=request.query)


@pytest.mark.parametrize("protocol", protocols.NAMES)
def test_whatever_comes_is_answered_in_the_formats_own_shape_and_accounted_for(protocol: str) -> None:
    is_refusal = import_module(f"tests.unit.collect.refusals.{protocol}").is_refusal
    requests = requests_of(protocol)

    @given(request=mangled(requests))
    @settings(settings.get_profile("mangled_payloads"))
    def every_answer(request: Mangled) -> None:
        answer = answered(request)
        assert answer.status < 500
        found = protocols.find(request.path.rstrip("/") or "/")
        if answer.status >= 400 and found is not None and found.protocol == protocol:
            assert is_refusal(answer), answer
        for record in STAGE.records:
            tally = record.tally
            assert tally.received == tally.accepted + tally.rejected
            assert tally.accepted == len(STAGE.events)
            assert tally.rejected == len(STAGE.refused)

    every_answer()
