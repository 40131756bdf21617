"""The two kinds of API in front of collect: what each makes of a request, and that it is the same request to us."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.http.request import Request
from shared.gateway_headers import ORIGINAL, STAND_IN, is_taken_for_text
from simulation.gateway import Pairs, http_api_event, rest_api_event
from tests.fakes.collect_stage import LENIENT, Api, Stage, gateway_event, purchase

BODY = orjson.dumps({"batch": [purchase()]})

TEXTUAL = ["text/plain", "TEXT/CSV; charset=utf-8", "application/json", " application/json ;charset=UTF-8",
           "application/xml", "application/javascript", "application/cloudevents+json", "image/svg+xml"]  # fmt: skip
BINARY = ["", None, "application/octet-stream", "application/x-www-form-urlencoded", "application/jsonl",
          "multipart/form-data", "nonsense", "application/gzip", STAND_IN]  # fmt: skip


@pytest.mark.parametrize("content_type", TEXTUAL)
def test_a_textual_type_is_taken_for_text(content_type: str) -> None:
    assert is_taken_for_text(content_type)


@pytest.mark.parametrize("content_type", BINARY)
def test_any_other_type_and_none_is_not(content_type: str | None) -> None:
    assert not is_taken_for_text(content_type)


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress, lambda body: zlib.compress(body, 9)])
@pytest.mark.parametrize("content_type", TEXTUAL)
def test_an_http_api_destroys_a_compressed_body_and_we_say_so(
    stage: Stage, compress: Any, content_type: str
) -> None:
    answer = stage.post("/v1/batch", compress(BODY), {"content-type": content_type}, api="http")
    assert (answer.status, answer.body["code"]) == (400, "malformed")
    assert "API Gateway has destroyed it" in answer.body["message"]
    assert repr(content_type[:80]) in answer.body["message"]
    [item] = stage.refused
    assert "API Gateway has destroyed it" in item.reasons[0].message


@pytest.mark.parametrize(
    ("api", "content_type"),
    [("http", "application/octet-stream"), ("rest", "application/octet-stream"), ("rest", "application/json"),
     ("rest", "text/plain")],
)  # fmt: skip
def test_a_compressed_body_arrives_whole_otherwise(stage: Stage, api: Api, content_type: str) -> None:
    answer = stage.post("/v1/batch", gzip.compress(BODY), {"content-type": content_type}, api=api)
    assert (answer.status, answer.body["accepted"]) == (200, 1)


def test_plain_text_that_only_begins_alike_is_not_called_destroyed(stage: Stage) -> None:
    answer = stage.post("/v1/batch", "x\u00fe nonsense", {"content-type": "text/plain"})
    assert "destroyed" not in answer.body["message"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/json;charset=UTF-8", "nonsense"])
def test_the_clients_content_type_comes_back_from_where_the_stack_had_it_put(content_type: str) -> None:
    event = http_api_event("POST", "/v1/batch", BODY, [("Content-Type", content_type), ("A", "1")])
    assert event["headers"]["content-type"] == STAND_IN
    assert Request.from_gateway(event).headers == {"content-type": content_type, "a": "1"}


@pytest.mark.parametrize("mapped", [{}, {ORIGINAL: ""}])
def test_a_client_that_sent_no_content_type_has_none(mapped: dict[str, str]) -> None:
    event = http_api_event("POST", "/v1/batch", BODY, [])
    assert event["headers"] == {"content-type": STAND_IN}
    event["headers"] |= mapped
    assert Request.from_gateway(event).headers == {}


def test_headers_are_left_alone_where_nothing_was_mapped() -> None:
    event = http_api_event("POST", "/v1/batch", BODY, [])
    event["headers"] = {"content-type": "text/plain", ORIGINAL: "application/json"}
    assert Request.from_gateway(event).headers == event["headers"]


STEPS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=4)
NAMES = st.sampled_from(["X-One", "x-two", "Authorization", "Content-Type", "Host", "User-Agent", "cookie"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "HEAD"]),
    steps=STEPS,
    slash=st.booleans(),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=6),
    pairs=st.lists(st.tuples(WORDS, WORDS), max_size=6),
    written=st.sampled_from([quote, quote_plus]),
    body=st.binary(max_size=40),
    ip=st.sampled_from(["203.0.113.9", "2001:db8::9"]),
    own_domain=st.booleans(),
)
def test_a_request_is_the_same_through_either(
    method: str, steps: list[str], slash: bool, headers: Pairs, pairs: Any, written: Any, body: bytes, ip: str,
    own_domain: bool,
) -> None:  # fmt: skip
    path = "/" + "/".join(quote(step, safe="") for step in steps) + "/" * slash
    query = "&".join(f"{written(name)}={written(value)}" for name, value in pairs)
    given = {"query": query, "ip": ip}
    one = Request.from_gateway(http_api_event(method, path, body, headers, as_base64=True, **given))
    other = Request.from_gateway(rest_api_event(method, path, body, headers, own_domain=own_domain, **given))

    assert (one.method, one.path, one.raw_path, one.ip) == (
        other.method,
        other.path,
        other.raw_path,
        other.ip,
    )
    assert one.headers == other.headers
    assert one.transported_bytes() == other.transported_bytes() == body
    assert one.query_values() == other.query_values()
    assert _by_name(one.query) == _by_name(other.query)
    assert all(one.query_value(name) == other.query_value(name) for name, _ in pairs)
    assert (one.prefix, other.prefix) == ("", "" if own_domain else "/collect")
    assert (one.keeps_bytes, other.keeps_bytes) == (False, True)


def _by_name(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def test_a_rest_event_may_have_null_for_all_that_did_not_come() -> None:
    event = rest_api_event("GET", "/health", b"", [])
    nothing = dict.fromkeys(("headers", "multiValueHeaders", "body", "queryStringParameters"))
    request = Request.from_gateway({**event, **nothing, "multiValueQueryStringParameters": None})
    assert (request.headers, request.query, request.body()) == ({}, "", b"")


def test_a_rest_event_with_single_values_alone_is_read() -> None:
    event = rest_api_event("GET", "/health", b"", [("X-A", "1")], query="b=2&c=%263")
    event |= {"multiValueHeaders": None, "multiValueQueryStringParameters": None}
    request = Request.from_gateway(event)
    assert (request.headers, request.query_values()) == ({"x-a": "1"}, {"b": "2", "c": "&3"})


def test_a_header_that_was_sent_in_two_spellings_is_one_header() -> None:
    event = rest_api_event("GET", "/health", b"", [("X-A", "1"), ("x-a", "2"), ("X-A", "3")])
    assert Request.from_gateway(event).headers == {"x-a": "1,3,2"}


def test_half_a_character_in_a_query_breaks_nothing() -> None:
    event = rest_api_event("GET", "/health", b"", [])
    event["multiValueQueryStringParameters"] = {"a\ud800": ["\udfff"]}
    assert Request.from_gateway(event).query_values() == {"a?": "?"}


def test_settings_send_clients_to_the_stage_where_it_is_part_of_the_address(stage: Stage) -> None:
    for own_domain, address in ((True, "api.example/v1"), (False, "api.example/collect/v1")):
        answer = stage.request(
            "GET",
            f"/v1/projects/{LENIENT}/settings",
            headers={"Host": "api.example"},
            api="rest",
            own_domain=own_domain,
        )
        assert answer.body["integrations"]["Segment.io"]["apiHost"] == address


def test_the_answer_is_one_that_either_takes(stage: Stage) -> None:
    """`headers` and `isBase64Encoded` mean the same in both formats."""
    for api in ("http", "rest"):
        answer = stage.handled("GET", "/i", b"", {}, query=f"aid={LENIENT}&e=pv&p=web&duid=a-1", api=api)
        assert answer["isBase64Encoded"]
        assert answer["headers"]["content-type"] == "image/gif"


def test_a_rest_api_is_read_by_a_module_that_an_http_api_never_loads() -> None:
    script = (
        "import sys\n"
        "from functions.collect.http.request import Request\n"
        f"Request.from_gateway({gateway_event('GET', '/health', b'', {})!r})\n"
        "assert 'functions.collect.http.rest_payload' not in sys.modules\n"
        f"Request.from_gateway({gateway_event('GET', '/health', b'', {}, api='rest')!r})\n"
        "assert 'functions.collect.http.rest_payload' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
