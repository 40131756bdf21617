"""What the emulator would do to a request before our function sees it, and the laptop's front prevents."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.local

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


def test_a_gzipped_body_under_a_textual_content_type_arrives_whole(local: dict[str, Any]) -> None:
    body = gzip.compress(EVENT.encode())
    status, _, answer = ask(
        local, "POST", "/v1/track", body, content_type="application/json", content_encoding="gzip"
    )

    assert (status, json.loads(answer)["accepted"]) == (200, 1)


def test_a_body_that_is_not_utf_8_is_refused_and_not_mended_on_the_way(local: dict[str, Any]) -> None:
    status, _, answer = ask(local, "POST", "/v1/track", EVENT.encode("latin-1"), content_type="text/plain")

    assert status == 400, answer


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
