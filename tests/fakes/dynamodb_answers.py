"""DynamoDB as it answers when it is busy or away: what comes instead of moto's answer, request by request."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from shared.aws.clients import client

Answer = tuple[int, Any]
"""Status, and the body: bytes, or what becomes JSON."""


class _Raw(io.BytesIO):
    """A body as urllib3 hands it to botocore."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def answered(
    operation: str, answer: Callable[[dict[str, Any]], Answer | None]
) -> Iterator[list[AWSPreparedRequest]]:
    """`answer` is given what was asked; where it is None, moto's counts. The list has every request of this operation,
    whether a client sends it or `shared.aws.dynamodb_requests`."""
    dynamodb: Any = client("dynamodb")
    seen: list[AWSPreparedRequest] = []

    def answering(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
        if not event_name.endswith(f".{operation}"):
            return None
        seen.append(request)
        assert isinstance(request.body, bytes)
        said = answer(orjson.loads(request.body))
        if said is None:
            return None
        botocore_stubber.enabled = (
            False  # whoever listens is asked in any case, and moto would do what it is asked
        )
        status, body = said
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return AWSResponse(request.url, status, HTTPHeaders(), _Raw(content))

    def answered_by_moto_again(**_: object) -> None:
        botocore_stubber.enabled = True

    event = "before-send"  # as moto does: one for the operation alone would come behind it
    dynamodb.meta.events.register_first(event, answering)
    dynamodb.meta.events.register_last(event, answered_by_moto_again)
    try:
        yield seen
    finally:
        dynamodb.meta.events.unregister(event, answering)
        dynamodb.meta.events.unregister(event, answered_by_moto_again)


def error(code: str, message: str = "") -> dict[str, str]:
    """The body of an answer that is an error."""
    return {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}
