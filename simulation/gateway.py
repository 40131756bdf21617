"""API Gateway's two kinds of API, as AWS documents what they hand to a function.

An HTTP API reads bodies as text by their content type alone and breaks what is none; a REST API with
`binaryMediaTypes: ["*/*"]` hands over all in base64.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from shared.gateway_headers import ORIGINAL, STAND_IN, is_taken_for_text

STAGE = "collect"
"""The REST API's."""

Pairs = Iterable[tuple[str, str]]


def http_api_event(
    method: str,
    path: str,
    body: bytes,
    headers: Pairs,
    *,
    query: str = "",
    ip: str = "203.0.113.9",
    as_base64: bool | None = None,
) -> dict[str, Any]:
    """Payload format 2.0, with the headers mapped as the stack maps them, after the body was looked at: AWS does not
    say that it comes before. `as_base64` says for itself what is done with the body."""
    joined: dict[str, str] = {}
    for name, value in headers:
        name = name.lower()
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    given = joined.get("content-type")
    is_text = is_taken_for_text(given) if as_base64 is None else not as_base64
    mapped = {**joined, "content-type": STAND_IN}
    if given is not None:
        mapped[ORIGINAL] = given
    event = {
        "version": "2.0",
        "routeKey": "ANY /{proxy+}",
        "rawPath": unquote(path.replace("%25", "%2525")),
        "rawQueryString": query,
        "headers": mapped,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "collect.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": ip,
                "userAgent": joined.get("user-agent", ""),
            },
            "requestId": "gateway-request",
            "stage": "$default",
            "timeEpoch": 1795262400000,
        },
        "isBase64Encoded": bool(body) and not is_text,
    }
    if body:
        event["body"] = body.decode("utf-8", "replace") if is_text else base64.b64encode(body).decode()
    return event


def rest_api_event(
    method: str,
    path: str,
    body: bytes,
    headers: Pairs,
    *,
    query: str = "",
    ip: str = "203.0.113.9",
    own_domain: bool = True,
) -> dict[str, Any]:
    """Payload format 1.0: names of headers as they came, the query decoded, null for what is not there."""
    several: dict[str, list[str]] = {}
    for name, value in headers:
        several.setdefault(name, []).append(value)
    asked: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        asked.setdefault(name, []).append(value)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": _latest(several),
        "multiValueHeaders": several or None,
        "queryStringParameters": _latest(asked),
        "multiValueQueryStringParameters": asked or None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "stage": STAGE,
            "requestId": "gateway-request",
            "requestTimeEpoch": 1795262400000,
            "path": path if own_domain else f"/{STAGE}{path}",
            "protocol": "HTTP/1.1",
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "identity": {"sourceIp": ip, "userAgent": _latest(several).get("User-Agent")},
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _latest(several: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in several.items()}
