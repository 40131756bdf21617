"""What either kind of API does to a request before our function sees it: on the laptop as on AWS."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.local, pytest.mark.api("http", "rest")]

EVENT = json.dumps(
    {"userId": "http-1", "event": "Search", "properties": {"query": "größe"}}, ensure_ascii=False
)


def ask(
    local: dict[str, Any], method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request to the collect API, authorised with the lenient key."""
    connection = http.client.HTTPConnection(urlsplit(local["collect_url"]).netloc, timeout=60)
    key = base64.b64encode(f"{local['write_keys']['lenient']}:".encode()).decode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body=body, headers={"authorization": f"Basic {key}"} | named)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_the_api_is_at_the_root_of_its_port(local: dict[str, Any]) -> None:
    status, _, _ = ask(local, "GET", "/health")

    assert status == 200


def test_a_gzipped_body_under_a_textual_content_type_arrives_whole_through_a_rest_api_alone(
    local: dict[str, Any], api: str
) -> None:
    body = gzip.compress(EVENT.encode())
    status, _, answer = ask(
        local, "POST", "/v1/track", body, content_type="application/json", content_encoding="gzip"
    )

    if api == "rest":
        assert (status, json.loads(answer)["accepted"]) == (200, 1)
    else:
        assert (status, json.loads(answer)["code"]) == (400, "malformed")
        assert "API Gateway has destroyed it on its way" in json.loads(answer)["message"]


@pytest.mark.parametrize(
    "content_type", ["application/octet-stream", "application/x-www-form-urlencoded", None]
)
def test_a_gzipped_body_under_any_other_content_type_arrives_whole(
    local: dict[str, Any], content_type: str | None
) -> None:
    named = {} if content_type is None else {"content_type": content_type}
    status, _, answer = ask(local, "POST", "/v1/track", gzip.compress(EVENT.encode()), **named)

    assert (status, json.loads(answer)["accepted"]) == (200, 1)


def test_a_body_that_is_not_utf_8_is_mended_by_an_http_api_and_refused_behind_a_rest_api(
    local: dict[str, Any], api: str
) -> None:
    status, _, answer = ask(local, "POST", "/v1/track", EVENT.encode("latin-1"), content_type="text/plain")

    assert status == (400 if api == "rest" else 200), answer


def test_a_query_and_an_encoded_path_arrive_as_they_were_meant(local: dict[str, Any]) -> None:
    key = local["write_keys"]["lenient"]
    status, _, answer = ask(local, "GET", f"/v1/projects/{key.replace('_', '%5F')}/settings?a=%26&a=b")

    assert status == 200, answer
    host = urlsplit(local["collect_url"]).netloc
    assert json.loads(answer)["integrations"]["Segment.io"] == {
        "apiKey": key, "apiHost": f"{host}/v1", "protocol": "http",
    }  # fmt: skip


@pytest.mark.parametrize(("more", "reaches"), [(9_000, True), (10_300, False)])
def test_more_than_10_kb_of_headers_never_reach_the_function(
    local: dict[str, Any], more: int, reaches: bool
) -> None:
    status, headers, _ = ask(local, "GET", "/health", x_more="x" * more)

    assert (status == 200) == reaches
    assert ("cache-control" in headers) == reaches  # which every answer of ours has


def test_a_long_request_line_counts_with_an_http_api(local: dict[str, Any], api: str) -> None:
    status, _, _ = ask(local, "GET", "/health?" + "q" * 10_300)

    assert status == (200 if api == "rest" else 431)


def test_a_preflight_reaches_collect_which_knows_the_origins(local: dict[str, Any]) -> None:
    _, headers, _ = ask(
        local,
        "OPTIONS",
        "/v1/batch",
        origin="https://shop.example.com",
        access_control_request_method="POST",
        access_control_request_headers="authorization,content-type",
    )

    assert "access-control-allow-methods" in headers
