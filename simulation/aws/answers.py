"""What a service says, as the HTTP answer that botocore reads."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

import orjson
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.compat import HTTPHeaders

from simulation.aws.calls import Answer, Call

AS_IT_IS = frozenset({"s3", "lambda"})
"""Services whose answers are `status`, `headers` and `body`."""


class _Raw(io.BytesIO):
    """A body as urllib3 hands it to botocore."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


class _Whole(AWSResponse):
    """An answer in JSON without headers, as most are: there is nothing to be read from a connection."""

    def __init__(self, url: str, status: int, body: bytes) -> None:
        self.url, self.status_code, self.headers = url, status, HeadersDict()
        self._content = body


def answered(request: AWSPreparedRequest, call: Call, said: Answer, now: datetime) -> AWSResponse:
    if call.service in AS_IT_IS:
        return _response(request, said["status"], said["body"], said["headers"])
    if call.service == "sns":
        name = call.operation
        result = f"<{name}Result>{said['xml']}</{name}Result>"
        return _response(request, 200, f"<{name}Response>{result}</{name}Response>".encode(), {})
    headers = {"Date": format_datetime(now, usegmt=True)} if call.service == "sqs" else {}
    body = orjson.dumps(said)
    return _response(request, 200, body, headers) if headers else _Whole(request.url, 200, body)


def failed(
    request: AWSPreparedRequest,
    call: Call,
    code: str,
    status: int,
    message: str,
    fields: Mapping[str, Any] | None = None,
) -> AWSResponse:
    """An error, as the service's protocol has it."""
    if call.service == "s3":
        if call.operation == "HeadObject":
            return _response(request, status, b"", {})
        more = "".join(f"<{name}>{escape(str(text))}</{name}>" for name, text in (fields or {}).items())
        body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{more}</Error>"
        return _response(request, status, body.encode(), {})
    if call.service == "sns":
        kind = "Sender" if status < 500 else "Receiver"
        inner = f"<Type>{kind}</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
        return _response(
            request, status, f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>".encode(), {}
        )
    if call.service in ("sesv2", "lambda"):
        body = orjson.dumps({"message": message, "Message": message}).decode()
        return _response(request, status, body.encode(), {"x-amzn-ErrorType": code})
    headers = {}
    if call.service == "sqs":
        headers["x-amzn-query-error"] = f"{code};{'Sender' if status < 500 else 'Receiver'}"
        code = code.rpartition(".")[2]
    said = {"__type": f"com.amazonaws.{call.service}#{code}", "message": message, **(fields or {})}
    return _response(request, status, orjson.dumps(said), headers)


def _response(
    request: AWSPreparedRequest, status: int, body: bytes, headers: Mapping[str, str]
) -> AWSResponse:
    found = HTTPHeaders()
    for name, text in headers.items():
        found[name] = text
    return AWSResponse(request.url, status, found, _Raw(body))
