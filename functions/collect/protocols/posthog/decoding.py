"""The forms a body comes in: JSON, deflated JSON, base64 of JSON, or any of these as the field `data` of a form.

What a body is shows in its first bytes. `?compression=base64` and the content types say it too, but not always.
"""

from __future__ import annotations

import binascii
import zlib
from typing import Any
from urllib.parse import parse_qs

from functions.collect.http.body import Unreadable, inflated, parsed, unpacked
from functions.collect.http.request import Request

ZLIB = 0x78
"""The first byte of zlib's usual window. No JSON begins so, nor base64 of JSON."""


def document(_request: Request, raw: bytes) -> Any:
    """Raises Unreadable, or TooLarge where a compressed body hides too much."""
    if not _is_json(raw) and (raw[:5] == b"data=" or b"&data=" in raw[:200]):
        raw = _field(raw)
    if _is_json(raw):
        return parsed(raw)
    if raw[:1] and raw[0] == ZLIB:
        return parsed(inflated(raw, "zlib", window_bits=zlib.MAX_WBITS))
    return parsed(_from_base64(raw))


def unread(_request: Request, _raw: bytes) -> None:
    """For what is not kept."""


def _is_json(raw: bytes) -> bool:
    return raw.lstrip()[:1] in (b"{", b"[")


def _field(form: bytes) -> bytes:
    """The form's `data`. A plus sign of unescaped base64 arrives as a blank."""
    try:
        data = parse_qs(form.decode(), max_num_fields=100).get("data", [""])[0]
    except ValueError as error:
        raise Unreadable("the form cannot be read") from error
    said = data.encode("utf-8", "replace")
    return said if _is_json(said) else said.replace(b" ", b"+")


def _from_base64(raw: bytes) -> bytes:
    """What the base64 holds, gzip too; a body that is none comes back as it is, for the reader of JSON to refuse."""
    try:
        return unpacked(binascii.a2b_base64(raw + b"==", strict_mode=False)) if _is_base64(raw) else raw
    except binascii.Error:
        return raw


def _is_base64(raw: bytes) -> bool:
    """Base64 of an object begins with e, of a list with W, of gzip with H4sI."""
    return raw[:1] in (b"e", b"W") or raw[:4] == b"H4sI"
