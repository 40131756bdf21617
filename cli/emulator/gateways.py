"""API Gateway on the emulator, corrected to what AWS documents, for better and for worse.

An HTTP API decides by the content type alone what is text and breaks whatever else comes under it; a REST API keeps
every byte. Both have limits. A client that works here must work there.
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

from __future__ import annotations

import base64
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import get_request_client_ip
from ministack.services import apigateway, apigateway_v1

from shared.gateway_headers import is_taken_for_text

MOST_HEADER_BYTES = 10_240
"""Of a REST API's headers; of an HTTP API's with the request line."""

MOST_BODY_BYTES = 10 * 1024 * 1024
MOST_FUNCTION_BYTES = 6 * 1024 * 1024
"""Of what Lambda takes, in which a body that is not text is base64, a third longer."""

Refusal = tuple[int, dict[str, str], bytes]

asked_path: ContextVar[str | None] = ContextVar("asked_path", default=None)
"""The path of a request at an API's own port, as it was sent, without the query."""

_taken_for_text: ContextVar[bool] = ContextVar("taken_for_text")


class _Preflight(str):
    """An OPTIONS that does not look like one where the emulator would answer it without asking the API's function."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return other != "OPTIONS" and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def correct() -> None:
    """Once per process."""
    _route_preflights()
    _map_headers()
    _describe_rest_requests()


def has_too_large_headers(
    method: str, target: bytes, headers: list[tuple[bytes, bytes]], *, is_rest: bool
) -> bool:
    """`target` is the path with the query, as they were sent."""
    line = 0 if is_rest else len(f"{method}  HTTP/1.1") + len(target)
    return line + sum(len(name) + len(value) for name, value in headers) > MOST_HEADER_BYTES


def headers_too_large() -> Refusal:
    """AWS documents the limit and no status for it; this is HTTP's."""
    return 431, {"Content-Type": "application/json"}, b'{"message":"Request Header Fields Too Large"}'


def body_too_large() -> Refusal:
    return 413, {"Content-Type": "application/json"}, b'{"message":"Request Entity Too Large"}'


def is_too_large(body: bytes, *, is_text: bool) -> bool:
    """For the gateway, or as it would reach the function."""
    carried = len(body) if is_text else (len(body) + 2) // 3 * 4
    return len(body) > MOST_BODY_BYTES or carried > MOST_FUNCTION_BYTES


def _route_preflights() -> None:
    """AWS answers OPTIONS itself only for an API with CORS settings; otherwise it goes to its route."""
    handle = apigateway._handle_execute_in_scope

    async def handle_preflight_too(
        api_id: str, stage: str, path: str, method: str, *rest: Any, **named: Any
    ) -> Any:
        api = apigateway._apis.get(api_id) or {}
        if method == "OPTIONS" and not api.get("corsConfiguration"):
            method = _Preflight(method)
        return await handle(api_id, stage, path, method, *rest, **named)

    apigateway._handle_execute_in_scope = handle_preflight_too


def _map_headers() -> None:
    """An HTTP API maps headers for a function as for any other integration, once its body was taken for text or not.
    Whether AWS maps them before that, it does not say: here the worse is true."""
    invoke = apigateway._invoke_lambda_proxy

    async def invoke_with_mapped_headers(
        integration: dict[str, Any],
        api_id: str,
        stage: str,
        path: str,
        method: str,
        headers: dict[str, str],
        body: bytes,
        *rest: Any,
        **named: Any,
    ) -> Any:
        is_text = is_taken_for_text(headers.get("content-type"))
        if is_too_large(body, is_text=is_text):
            return body_too_large()
        mapped, _, _ = apigateway._apply_request_parameter_mappings(
            integration,
            request_headers=headers,
            request_query={},
            request_path=path,
            path_params={},
            context_vars={},
            stage_vars={},
        )
        token = _taken_for_text.set(is_text)
        try:
            return await invoke(integration, api_id, stage, path, method, mapped, body, *rest, **named)
        finally:
            _taken_for_text.reset(token)

    apigateway._v2_request_body_is_text = lambda _content_type: _taken_for_text.get()
    apigateway._invoke_lambda_proxy = invoke_with_mapped_headers


def _describe_rest_requests() -> None:
    """A REST API tells its function the path as it was sent and the address that the connection came from, and with
    `*/*` among its binary types it writes every body in base64, one without a content type too."""
    described = apigateway_v1._build_lambda_event_v1
    invoke = apigateway_v1._invoke_lambda_proxy_v1

    def as_aws_describes_it(*request: Any, binary_media_types: list[str], **named: Any) -> dict[str, Any]:
        event: dict[str, Any] = described(*request, binary_media_types=binary_media_types, **named)
        body: bytes = request[7]
        if body and "*/*" in binary_media_types:
            event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
        event["requestContext"]["identity"]["sourceIp"] = get_request_client_ip()
        if (path := asked_path.get()) is not None:
            # The port stands for a domain of one's own, which has no stage in its path.
            event["path"] = event["requestContext"]["path"] = path
        return event

    async def invoke_within_limits(*request: Any, **named: Any) -> Any:
        if is_too_large(request[8], is_text=False):
            return body_too_large()
        return await invoke(*request, **named)

    apigateway_v1._build_lambda_event_v1 = as_aws_describes_it
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_within_limits
