"""Answers: JSON unless a format says otherwise, always with the headers a browser needs, whatever went wrong.

They are for who asked: they tell of people, and where to send to by the host that was asked. So nobody on the way keeps
one unless it says otherwise, and no browser takes it for something else than it says it is.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import orjson

from functions.collect.http.body import JSON_OPTIONS
from functions.collect.http.report import Report
from functions.collect.http.request import Request

FOR_WHO_ASKED = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

FITS_IN_ANY_CASE = 1024 * 1024
"""Bytes of JSON. The formats see to it that no answer is larger than Lambda takes; one that is has its status alone."""

METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"


class Response:
    """`body` None is an empty body; text and bytes are sent as they are, with the `content-type` of `headers`; anything
    else is written as JSON. `report` and `code`, what was wrong in one word, are for the log."""

    __slots__ = ("body", "code", "headers", "report", "status")

    def __init__(
        self, status: int, body: Any, headers: dict[str, str] | None = None, *, code: str | None = None
    ) -> None:
        self.status = status
        self.body = body
        self.headers = {} if headers is None else headers
        self.report: Report | None = None
        self.code = code

    def for_gateway(self, request: Request | None) -> dict[str, Any]:
        headers = FOR_WHO_ASKED | self.headers
        if request is not None and (origin := request.origin) is not None:
            headers |= _cors(origin)
        answer = {"statusCode": self.status, "headers": headers, "body": ""}
        if self.body is None or (request is not None and request.method == "HEAD"):
            return answer
        if isinstance(self.body, str):
            return {**answer, "body": self.body}
        if isinstance(self.body, bytes):
            return {**answer, "body": base64.b64encode(self.body).decode(), "isBase64Encoded": True}
        headers.setdefault("content-type", "application/json")
        data = self._json()
        if len(data) > FITS_IN_ANY_CASE:
            from functions.collect.http import answer_size  # what no usual answer needs

            data = data if answer_size.on_its_way(data) <= answer_size.LARGEST else b"{}"
        answer["body"] = data.decode()
        return answer

    def _json(self) -> bytes:
        """Some formats tell clients what they sent, whatever that was."""
        try:
            return orjson.dumps(self.body, option=JSON_OPTIONS)
        except TypeError:
            from functions.collect.http import raw_json  # what hardly anybody sends

            return raw_json.written(self.body, for_any_reader=True)


def _cors(origin: str) -> dict[str, str]:
    """The origin is echoed, because a browser takes no `*` from a page that sends credentials. This opens nothing: a
    write key is needed anyway, and a source's allowed origins are checked with it."""
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "retry-after",
        "vary": "Origin",
    }


def preflight(request: Request) -> Response:
    """SDKs send headers of their own, which the browser names first: every one is welcome."""
    headers = {
        "access-control-allow-methods": METHODS,
        "access-control-max-age": "86400",
        "vary": "Origin, Access-Control-Request-Headers",
    }
    if asked := request.headers.get("access-control-request-headers"):
        headers["access-control-allow-headers"] = asked
    return Response(204, None, headers)


UNKNOWN_KEY, NO_KEY, MISPLACED_KEY = "unknown_write_key", "no_write_key", "misplaced_write_key"
"""Codes of requests that show a key that is no source's, none at all, and one where their format reads none."""


class Refused(Exception):
    """The whole request is refused, and nothing of it is kept. `code` and `message` are for the sender: each protocol
    says them in its own shape. `retry_after` is seconds."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["retry-after"] = str(retry_after)

    def response(self) -> Response:
        """Where no protocol is concerned. SDKs read both fields from any JSON body of an error."""
        body = {"success": False, "code": self.code, "message": self.message}
        return self.completed(Response(self.status, body))

    def completed(self, response: Response) -> Response:
        """What is the same in every format."""
        response.code = self.code
        response.headers |= self.headers
        return response


def not_stored(seconds: int = 2) -> Refused:
    """What AWS would not take now it may take in `seconds`; the sender still has the events."""
    return Refused(503, "not_stored", "not everything could be stored; send the request again", seconds)
