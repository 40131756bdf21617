"""No key of ours reaches the vendor, wherever in the request it is."""

from __future__ import annotations

import base64
import gzip
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_plus

import orjson
import pytest

from functions.collect.http.body import LARGEST
from functions.collect.protocols import NAMES
from shared.tee import TeedRequest
from tests.fakes.collect_stage import (
    BROWSER,
    LENIENT,
    OBSERVE,
    STRICT,
    Stage,
    basic,
    purchase,
)
from tests.unit.collect.teeing.shop import OURS, TEED, only, requests_of, teeing_all
from tests.unit.collect.test_payloads import sent


def shown_by(request: TeedRequest) -> str:
    """All that the vendor would see, in whatever encoding."""
    seen = [request.path, unquote_plus(request.query), *request.headers.values()]
    basics = [value[6:] for value in request.headers.values() if value.lower().startswith("basic ")]
    seen += [base64.b64decode(value).decode() for value in basics]
    body = request.body
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    for text in (body, unquote_plus(body.decode("latin-1")).removeprefix("data=").encode()):
        seen.append(text.decode("latin-1"))
        with suppress(ValueError):
            seen.append(base64.b64decode(text).decode("latin-1"))
    return "\n".join(seen)


@pytest.mark.parametrize("protocol", NAMES)
def test_in_no_format_does_our_own_key_reach_the_vendor(protocol: str) -> None:
    stage, keys = teeing_all(), (STRICT, LENIENT, OBSERVE, BROWSER)
    for request in requests_of(protocol):
        sent(stage, request)
    assert stage.tee.requests
    for teed in stage.tee.requests:
        assert not any(key in shown_by(teed) for key in keys), teed
        if teed.withheld:
            assert (teed.headers, teed.query, teed.body) == ({}, "", b"")


def test_a_header_with_our_key_stays_here_and_the_rest_goes_on(stage: Stage) -> None:
    stage.batch(purchase(), key=OURS, headers={"x-vendor": "1"})
    request = only(stage)
    assert not request.withheld
    assert "authorization" not in request.headers
    assert request.headers["x-vendor"] == "1"
    assert orjson.loads(request.body) == {"batch": [purchase()]}


def test_a_parameter_with_our_key_stays_here_and_the_others_go_on_as_they_came(stage: Stage) -> None:
    body = {"client_id": "1.2", "events": [{"name": "tap"}]}
    stage.request(
        "POST", "/mp/collect", body, query=f"a=%20b&api_secret={OURS.replace('-', '%2D')}&measurement_id=G-1"
    )
    assert (only(stage).query, only(stage).withheld) == ("a=%20b&measurement_id=G-1", False)


@pytest.mark.parametrize("encode", [orjson.dumps, lambda body: gzip.compress(orjson.dumps(body))])
def test_a_request_with_our_key_in_its_body_is_counted_and_not_forwarded(stage: Stage, encode: Any) -> None:
    body = encode({"batch": [purchase()], "writeKey": OURS})
    assert stage.request("POST", "/v1/batch", body, {"content-type": "text/plain"}, api="rest").status == 200
    request = only(stage)
    assert (request.withheld, request.source, request.events) == (True, "ours", 1)
    assert OURS.encode() not in request.encode()


@pytest.mark.parametrize("body", [b"{no json", gzip.compress(b"x")[:12], b" " * (LARGEST + 1)])
def test_a_body_that_nobody_could_read_does_not_go_with_our_key(stage: Stage, body: bytes) -> None:
    stage.post("/v1/batch", body, key=OURS)
    assert only(stage).withheld


@pytest.mark.parametrize(
    "value", ["{basic}", "{theirs},{basic}", "{theirs}, {basic}", "{bare}", "a=1; b={bare}"]
)
def test_a_key_of_another_source_in_base64_does_not_go_along(stage: Stage, value: str) -> None:
    other = "hr_" + "aB3-" * 8
    bare = base64.b64encode(f"{other}:".encode()).decode()
    header = value.format(basic=f"Basic {bare}", theirs=basic(f"{TEED}:"), bare=bare)
    stage.batch(purchase(), key=TEED, headers={"x-debug": header, "x-other": "Basic aGVsbG8="})
    assert "x-debug" not in only(stage).headers
    assert "x-other" in only(stage).headers


def test_a_long_name_that_begins_like_a_key_goes_along(stage: Stage) -> None:
    name = "hr_onboarding_checklist_completed_at"
    stage.batch(purchase(properties={name: 1}), key=TEED, headers={"x-debug": name})
    assert only(stage).headers["x-debug"] == name
    assert name.encode() in only(stage).body


def test_a_key_of_another_source_does_not_go_along_either(stage: Stage) -> None:
    other = "hr_" + "aB3-" * 8
    stage.batch(purchase(), key=TEED, headers={"x-debug": other})
    assert "x-debug" not in only(stage).headers
    stage.batch(purchase(messageId="m2"), key=TEED, writeKey=other)
    assert [request.withheld for request in stage.tee.requests] == [False, True]
