"""An event's data out of its bytes, by its content type: the same in every mode.

Clients leave the content type out, or let a library say something general: then JSON is what reads as JSON.
"""

from __future__ import annotations

import base64
from typing import Any

from functions.collect.http.body import Unreadable, parsed

TEXT = "text/"

CHARSETS = {
    "us-ascii": "ascii", "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252", "utf-16": "utf-16",
}  # fmt: skip
"""What a content type's `charset` may name beside UTF-8, and Python's codec. Latin 1 is read as its superset, as
browsers do."""


def media_type(content_type: object) -> str:
    """`text/plain` of `Text/Plain; charset=UTF-8`; empty where there is none."""
    return content_type.partition(";")[0].strip().lower() if isinstance(content_type, str) else ""


def said_by(raw: bytes, content_type: object) -> dict[str, Any]:
    """`data`: text where it is declared as text, else JSON where it is JSON, else text. `data_base64` for other bytes,
    as the JSON form has it."""
    declared = media_type(content_type)
    if not declared.startswith(TEXT) or declared.endswith("json"):
        try:
            return {"data": parsed(raw)}
        except Unreadable:
            pass
    try:
        return {"data": raw.decode(_codec(content_type))}
    except UnicodeDecodeError:
        return {"data_base64": base64.b64encode(raw).decode()}


def _codec(content_type: object) -> str:
    if isinstance(content_type, str):
        for parameter in content_type.split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return CHARSETS.get(value.strip().strip('"').lower(), "utf-8")
    return "utf-8"
