"""The laptop's API Gateway does to a request what AWS documents, which is what the fakes do too."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from ministack.services import apigateway, apigateway_v1, lambda_svc

from cli.emulator import gateways
from cli.emulator.gateways import MOST_BODY_BYTES, MOST_FUNCTION_BYTES, MOST_HEADER_BYTES
from functions.collect.http.request import Request
from shared.gateway_headers import ORIGINAL, STAND_IN
from simulation.gateway import http_api_event, rest_api_event
from tests.fakes.collect_stage import Api

MAPPED = {
    "integrationUri": "f",
    "requestParameters": {
        "overwrite:header.content-type": STAND_IN,
        f"overwrite:header.{ORIGINAL}": "$request.header.content-type",
    },
}
ZIPPED = gzip.compress(b'{"type": "track"}')


class Emulator:
    """The emulator's two kinds of API in front of a function that is told of requests. Corrected like the laptop's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[dict[str, Any]] = []
        for module, names in (
            (apigateway, ("_handle_execute_in_scope", "_v2_request_body_is_text", "_invoke_lambda_proxy")),
            (apigateway_v1, ("_build_lambda_event_v1", "_invoke_lambda_proxy_v1")),
        ):
            for name in names:
                monkeypatch.setattr(module, name, getattr(module, name))
            monkeypatch.setattr(module, "run_reentrant", self._run)
        monkeypatch.setattr(lambda_svc, "_get_func_record_for_ref_in_scope", lambda *_, **__: ({}, {}, "f"))
        monkeypatch.setattr(lambda_svc, "_execution_record_for_config", lambda *_: {})
        gateways.correct()

    async def _run(self, _function: object, _record: object, event: dict[str, Any], **_: Any) -> Any:
        self.events.append(event)
        return {"body": json.dumps({"statusCode": 200, "body": "ok"})}

    def ask(
        self, api: Api, method: str, path: str, body: bytes, headers: dict[str, str], query: str = ""
    ) -> int:
        """The status; what the function was told is the last of `events`."""
        asked = parse_qs(query, keep_blank_values=True)
        if api == "http":
            decoded = apigateway.decode_http_api_path(path)
            call = apigateway._invoke_lambda_proxy(
                MAPPED, "api", "$default", decoded, method, headers, body, asked, raw_query_string=query
            )
        else:
            call = apigateway_v1._invoke_lambda_proxy_v1(
                {"uri": "f"}, "api", "collect", {}, {"path": "/{proxy+}", "id": "r"}, unquote(path), method,
                headers, body, asked, {}, binary_media_types=["*/*"],
            )  # fmt: skip
        token = gateways.asked_path.set(path)
        try:
            status: int = asyncio.run(call)[0]
        finally:
            gateways.asked_path.reset(token)
        return status


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Emulator:
    return Emulator(monkeypatch)


REQUESTS: list[tuple[str, str, bytes, dict[str, str], str]] = [
    ("POST", "/v1/batch", b'{"a": "\xc3\xa9"}', {"content-type": "application/json"}, ""),
    ("POST", "/e/", ZIPPED, {"content-type": "text/plain"}, "compression=gzip-js&ver=1"),
    ("POST", "/cloudevents", ZIPPED, {"content-type": "application/cloudevents+json"}, ""),
    ("POST", "/v1/batch", ZIPPED, {"content-type": "application/octet-stream"}, ""),
    ("POST", "/v1/batch", b'{"a": "\xe9"}', {"content-type": "text/plain"}, ""),
    ("POST", "/v1/batch", ZIPPED, {}, ""),
    ("GET", "/i", b"", {"user-agent": "a/1"}, "e=pv&e=x&duid=a%20b+c%26&empty=&%C3%A9=1"),
    ("GET", "/v1/apps/a%2Fb%2520c/%C3%A9", b"", {"host": "h", "x-forwarded-for": "203.0.113.9"}, ""),
    ("OPTIONS", "/", b"", {"origin": "https://shop.example"}, ""),
]


@pytest.mark.parametrize("api", ["http", "rest"])
@pytest.mark.parametrize("asked", REQUESTS)
def test_collect_is_told_the_same_as_by_the_fakes(
    emulator: Emulator, api: Api, asked: tuple[str, str, bytes, dict[str, str], str]
) -> None:
    method, path, body, headers, query = asked
    made = http_api_event if api == "http" else rest_api_event
    emulator.ask(api, method, path, body, headers, query)
    [event] = emulator.events

    expected = Request.from_gateway(made(method, path, body, headers.items(), query=query, ip="127.0.0.1"))
    found = Request.from_gateway(event)

    assert found._replace(query="") == expected._replace(query="")
    assert found.query_values() == expected.query_values()


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "application/vnd.shop+json"])
def test_an_http_api_destroys_gzip_under_a_textual_type_and_a_rest_api_keeps_it(
    emulator: Emulator, content_type: str
) -> None:
    for api in ("http", "rest"):
        emulator.ask(api, "POST", "/v1/batch", ZIPPED, {"content-type": content_type})
    http, rest = map(Request.from_gateway, emulator.events)
    assert http.headers["content-type"] == rest.headers["content-type"] == content_type
    assert http.transported_bytes().startswith(b"\x1f\xef\xbf\xbd")
    assert rest.transported_bytes() == ZIPPED


@pytest.mark.parametrize(
    ("api", "content_type", "most"),
    [
        ("http", "text/plain", MOST_FUNCTION_BYTES),
        ("http", "application/octet-stream", MOST_FUNCTION_BYTES // 4 * 3),
        ("rest", "text/plain", MOST_FUNCTION_BYTES // 4 * 3),
    ],
)
def test_a_body_that_lambda_would_not_take_is_refused(
    emulator: Emulator, api: Api, content_type: str, most: int
) -> None:
    headers = {"content-type": content_type}
    assert [emulator.ask(api, "POST", "/", b"x" * size, headers) for size in (most - 1, most, most + 1)] == [
        200, 200, 413,
    ]  # fmt: skip
    assert emulator.ask(api, "POST", "/", b"x" * (MOST_BODY_BYTES + 1), headers) == 413
    assert len(emulator.events) == 2


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_an_http_api_counts_the_request_line_and_a_rest_api_only_headers(over: int) -> None:
    headers = [(b"host", b"h" * 96), (b"cookie", b"c" * 4)]
    line = len("GET / HTTP/1.1")
    rest = MOST_HEADER_BYTES - 110 + over
    for is_rest, target in ((True, b"/" * 50_000), (False, b"/")):
        more = [*headers, (b"", b"x" * (rest - (0 if is_rest else line)))]
        assert gateways.has_too_large_headers("GET", target, more, is_rest=is_rest) == (over > 0)
    assert gateways.has_too_large_headers("GET", b"/" * 20_000, headers, is_rest=False)
