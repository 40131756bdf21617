"""Answers: always JSON, always with the headers a browser needs, whatever went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from functions.collect.canonical import JSON_OPTIONS
from functions.collect.report import Report
from functions.collect.request import Request

ALLOWED_HEADERS = (
    "authorization, content-type, content-encoding, anonymousid, sentat, x-retry-count, x-mp-key, "
    "x-clevertap-encryption-enabled, x-clevertap-account-id, x-clevertap-passcode, x-netmera-api-key, sp-anonymous, "
    "headrace-debug"
)
"""What browser SDKs are known to send."""

PREFLIGHT = {
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": ALLOWED_HEADERS,
    "access-control-max-age": "86400",
}


@dataclass(slots=True)
class Response:
    """`body` None is an empty body. `report` is for the log."""

    status: int
    body: dict[str, Any] | None
    headers: dict[str, str] = field(default_factory=dict)
    report: Report | None = None

    def for_gateway(self, request: Request | None) -> dict[str, Any]:
        headers = {**self.headers, **_cors(request)}
        if self.body is None:
            return {"statusCode": self.status, "headers": headers, "body": ""}
        headers["content-type"] = "application/json"
        return {
            "statusCode": self.status,
            "headers": headers,
            "body": orjson.dumps(self.body, option=JSON_OPTIONS).decode(),
        }


def _cors(request: Request | None) -> dict[str, str]:
    """The origin is echoed, because a browser takes no `*` from a page that sends credentials. This opens nothing: a
    write key is needed anyway, and a source's allowed origins are checked with it."""
    if request is None or request.origin is None:
        return {}
    return {
        "access-control-allow-origin": request.origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "retry-after",
        "vary": "Origin",
    }


class Refused(Exception):
    """The whole request is refused, and nothing of it is kept. `code` and `message` are for the sender.

    SDKs read both from any JSON body of an error, and take an error without them for one to retry.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after

    def response(self, report: Report | None = None) -> Response:
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        body = {"success": False, "code": self.code, "message": self.message}
        return Response(self.status, body, headers, report)


def not_stored(seconds: int = 2) -> Refused:
    """What AWS would not take now it may take in `seconds`; the sender still has the events."""
    return Refused(503, "not_stored", "not everything could be stored; send the request again", seconds)
