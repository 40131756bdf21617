"""The body of a request: gzip by its magic bytes, JSON by its content. What clients declare about either is not true.

JSON that orjson refuses may still hold events worth keeping: a lone surrogate or a NaN in one event of a batch is that
event's fault alone. The standard library reads such a body, and each event in it is then judged by itself.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from typing import Any, NamedTuple

import orjson

from shared.workspace.limits import MOST_BATCH_BYTES

LARGEST = MOST_BATCH_BYTES
"""Bytes of a body unzipped, the most a source can be configured to take. A small archive can hold gigabytes."""

PIECE = 64 * 1024
"""Bytes of an archive that are unpacked at once."""

MOST_MEMBERS = 16
"""Of one gzip body. Clients send one; each costs as much as some kilobytes of content."""

JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
"""How JSON of ours is written, events and answers. A property's time without an offset is taken as UTC."""

GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

DIGITS_OF_64_BITS = 20
"""With their sign."""

LONG_INTEGER = rb"[\s:,\[](?:-\d{19,}|\d{20,})[\s,\]}]"
"""An integer that may be beyond 64 bits: 19 digits in a row at least."""

DIGITS_TO_ZEROS = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
LONG_RUN = b"0" * 19
"""How so many digits look then."""


class TooLarge(Exception):
    """More than this function takes, whatever the source's own limits are. The text is a sentence for the sender."""


class Unreadable(Exception):
    """No JSON. The text is a sentence with the position, without what stands there."""


class NotJson:
    """NaN or an infinity (`1e400` is one): Python reads it, JSON does not have it. orjson will not write it."""

    def __init__(self, number: float = math.nan) -> None:
        self.number = number


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
    """Gzip files may be concatenated."""
    return inflated(archive, "gzip", window_bits=31, most_members=MOST_MEMBERS)


def inflated(archive: bytes, name: str, *, window_bits: int, most_members: int = 1) -> bytes:
    """What the archive holds, at a cost that grows with its length alone. Raises TooLarge, or Unreadable.

    `window_bits` are zlib's word for the archive's format, `name` is what the sender knows it by. An archive whose
    blocks hold nothing costs more than any content would, so it may be no longer than what it holds.
    """
    parts: list[bytes] = []
    size, members = 0, 1
    inflate = zlib.decompressobj(window_bits)
    for at in range(0, len(archive), PIECE):
        piece = archive[at : at + PIECE]
        while piece:
            if inflate.eof:
                inflate, members = zlib.decompressobj(window_bits), members + 1
            if members > most_members:
                raise Unreadable(f"the body is {name} of more than {most_members} members")
            try:
                part = inflate.decompress(piece, LARGEST + 1 - size)
            except zlib.error as error:
                raise Unreadable(f"the body begins like {name} and cannot be unpacked") from error
            size += len(part)
            if size > LARGEST:
                raise TooLarge(f"the body is larger than {LARGEST} bytes")
            parts.append(part)
            piece = inflate.unused_data
        if at > size + PIECE:
            raise Unreadable(f"the body is {name} that is longer than what it holds")
    if not inflate.eof:
        raise Unreadable(f"the body is {name} that ends too early")
    return b"".join(parts)


def parsed(body: bytes) -> Any:
    """The JSON value of the body; an integer beyond 64 bits is the text of its digits. Raises Unreadable."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_slowly(body)
    if _has_long_run(body) and re.search(LONG_INTEGER, body):
        try:
            return _read_slowly(body)
        except Unreadable:  # it is deeper than the standard library goes
            return found
    return found


def _has_long_run(body: bytes) -> bool:
    """Whether 19 digits follow each other somewhere. Asked of every body, and a regular expression would look ten times
    as long."""
    return LONG_RUN in body.translate(DIGITS_TO_ZEROS)


def _read_slowly(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8", "surrogatepass"),
            parse_constant=lambda word: NotJson(float(word)),
            parse_float=_number,
            parse_int=_integer,
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
    return number if math.isfinite(number) else NotJson(number)


def _integer(text: str) -> int | str | NotJson:
    """Beyond 64 bits its digits as they came: orjson would make a number of them that has other digits."""
    integer = int(text) if len(text) <= DIGITS_OF_64_BITS else None
    if integer is not None and -(2**63) <= integer < 2**64:
        return integer
    return text if math.isfinite(float(text)) else NotJson(float(text))
