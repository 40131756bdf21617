"""The three modes, told apart by what came, as one list of events in their JSON form.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote

from functions.collect.body import Unreadable, parsed
from functions.collect.request import Request

PREFIX = "ce-"


def events_of(request: Request, raw: bytes) -> Any:
    """A list in batched mode, an object otherwise. Raises Unreadable when a structured body is no JSON."""
    if PREFIX + "specversion" not in request.headers:
        return parsed(raw)
    event: dict[str, Any] = {
        name[len(PREFIX) :]: unquote(value)
        for name, value in request.headers.items()
        if name.startswith(PREFIX)
    }
    if content_type := request.headers.get("content-type"):
        event["datacontenttype"] = content_type
    if raw:
        event |= _data(raw)
    return event


def _data(raw: bytes) -> dict[str, Any]:
    """JSON wherever it is JSON, text where it is text, else base64, as the JSON form has it."""
    try:
        return {"data": parsed(raw)}
    except Unreadable:
        pass
    try:
        return {"data": raw.decode()}
    except UnicodeDecodeError:
        return {"data_base64": base64.b64encode(raw).decode()}
