"""The body of a request: gzip by its magic bytes, JSON by its content. What clients declare about either is not true.

JSON that orjson refuses may still hold events worth keeping: a lone surrogate or a NaN in one event of a batch is that
event's fault alone. The standard library reads such a body, and each event in it is then judged by itself.
"""

from __future__ import annotations

import json
import math
import zlib
from typing import Any, NamedTuple

import orjson

LARGEST = 4 * 1024 * 1024
"""Bytes of a body unzipped, the most a source can be configured to take. A small archive can hold gigabytes."""

GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

DIGITS_OF_64_BITS = 20


class TooLarge(Exception):
    """More than this function takes, whatever the source's own limits are. The text is a sentence for the sender."""


class Unreadable(Exception):
    """No JSON. The text is a sentence with the position, without what stands there."""


class NotJson:
    """NaN or an infinity (`1e400` is one): Python reads it, JSON does not have it. orjson will not write it."""


class Body(NamedTuple):
    """What came: `raw` unzipped, `document` as its route reads it; None when `problem` says why that failed."""

    raw: bytes
    document: Any
    problem: str | None


def unpacked(body: bytes) -> bytes:
    if body[:2] == GZIP:
        body = _gunzipped(body)
    elif len(body) > LARGEST:
        raise TooLarge(f"the body is larger than {LARGEST} bytes")
    return body[3:] if body[:3] == BYTE_ORDER_MARK else body


def _gunzipped(archive: bytes) -> bytes:
    """Every member of the archive: gzip files may be concatenated."""
    parts: list[bytes] = []
    left = LARGEST
    while archive:
        inflate = zlib.decompressobj(wbits=31)
        try:
            part = inflate.decompress(archive, left + 1)
        except zlib.error as error:
            raise Unreadable("the body begins like gzip and cannot be unzipped") from error
        left -= len(part)
        if left < 0:
            raise TooLarge(f"the body is larger than {LARGEST} bytes")
        if not inflate.eof:
            raise Unreadable("the body is gzip that ends too early")
        parts.append(part)
        archive = inflate.unused_data
    return b"".join(parts)


def parsed(body: bytes) -> Any:
    """The JSON value of the body. Raises Unreadable."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(
            body.decode(), parse_constant=lambda _: NotJson(), parse_float=_number, parse_int=_integer
        )
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not UTF-8: byte {error.start} begins no character") from error
    except RecursionError as error:
        raise Unreadable("the body is nested too deep") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno} (character {error.pos})"
        raise Unreadable(f"the body is not JSON at {where}: {error.msg}") from error


def _number(text: str) -> float | NotJson:
    number = float(text)
    return number if math.isfinite(number) else NotJson()


def _integer(text: str) -> float | NotJson:
    """As orjson reads it: beyond 64 bits it is a float."""
    integer = int(text) if len(text) <= DIGITS_OF_64_BITS else None
    return integer if integer is not None and -(2**63) <= integer < 2**64 else _number(text)
