"""The three modes, told apart by the content type, as one list of events in their JSON form.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from functions.collect.http.body import Unreadable, parsed
from functions.collect.http.request import Request
from functions.collect.protocols.cloudevents.decoding import media_type, said_by

PREFIX = "ce-"

FORMATS = "application/cloudevents"
"""Begins every content type of the structured and the batched mode; JSON is the one format that is read."""

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
QUOTED_PAIR = re.compile(r"\\(.)")


def events_of(request: Request, raw: bytes) -> Any:
    """A list in batched mode, an object otherwise. Raises Unreadable when a structured body is no JSON, or when a
    header's value is not UTF-8.

    A structured event may have the headers of the binary mode besides: then the body counts (section 3.2.3).
    """
    declared = request.headers.get("content-type")
    if media_type(declared).startswith(FORMATS):
        return _structured(raw, media_type(declared))
    if PREFIX + "specversion" not in request.headers:
        return parsed(raw)
    event: dict[str, Any] = {
        name[len(PREFIX) :]: _attribute(name, value)
        for name, value in request.headers.items()
        if name.startswith(PREFIX)
    }
    if declared:
        event["datacontenttype"] = declared
    if raw:
        event |= said_by(raw, declared)
    return event


def _structured(raw: bytes, declared: str) -> Any:
    try:
        return parsed(raw)
    except Unreadable:
        _, _, format_ = declared.partition("+")
        if format_ in ("", "json"):
            raise
        raise Unreadable(f"CloudEvents are read as JSON, not as {format_[:40]}") from None


def _attribute(name: str, value: str) -> str:
    """Quotes first, then one round of percent-decoding (section 3.1.3.2)."""
    quoted = QUOTED.fullmatch(value)
    text = QUOTED_PAIR.sub(r"\1", quoted[1]) if quoted else value
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the header {name} is percent-encoded, but not in UTF-8") from error
