"""What a request's body says, as its route reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.collect.http.body import Body, Unreadable, parsed
from functions.collect.http.request import Request


def json_document(_request: Request, raw: bytes) -> Any:
    """What most formats send. Raises Unreadable."""
    return parsed(raw)


def query_document(request: Request, _raw: bytes) -> dict[str, str]:
    """For pixels: the parameters of the query, each once."""
    return request.query_values()


def body_of(request: Request, document: Callable[[Request, bytes], Any]) -> Body:
    """Raises TooLarge."""
    raw = None
    try:
        raw = request.body()
        return Body(raw, document(request, raw), None)
    except Unreadable as error:
        return Body(request.transported.encode("utf-8", "replace") if raw is None else raw, None, str(error))
