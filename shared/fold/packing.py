"""What slices are written with: texts as JSON, then numbers of fixed width, which JSON would make twice as long.

All numbers are little-endian. Nothing here may be changed: profiles are stored so. What is to be written otherwise gets
another name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from shared.times import EPOCH, MICROSECOND, from_microseconds, microseconds

MILLISECONDS, MICROSECONDS = 6, 7
"""Bytes of a time, in such units since 1970. 0 is none."""

EARLIEST = EPOCH + MICROSECOND
"""What is said to have happened before 1970 is kept as of then."""

KINDS = ("user", "anonymous", "email", "phone", "device")
"""Kinds of identities that are written as their place here where the value is a UUID."""

UUID = 16


def written(texts: Any, numbers: bytes = b"") -> bytes:
    """Texts (anything JSON takes) and numbers in one: the length of the texts in two bytes comes first."""
    json = orjson.dumps(texts)
    return b"".join((len(json).to_bytes(2, "little"), json, numbers))


def read(data: bytes) -> tuple[Any, bytes]:
    """The texts and the numbers."""
    end = 2 + int.from_bytes(data[:2], "little")
    return orjson.loads(data[2:end]), data[end:]


def number(value: int, width: int) -> bytes:
    """The number in so many bytes. One that they cannot hold is the nearest that they can."""
    return min(max(value, 0), (1 << 8 * width) - 1).to_bytes(width, "little")


def number_at(data: bytes, start: int, width: int) -> int:
    return int.from_bytes(data[start : start + width], "little")


def column(numbers: Sequence[int]) -> bytes:
    """Numbers that are much alike: the bytes that the largest of them takes, then each in as many."""
    width = max(1, -(-max(numbers, default=0).bit_length() // 8))
    return b"".join((bytes([width]), *[value.to_bytes(width, "little") for value in numbers]))


def column_at(data: bytes, start: int, count: int) -> tuple[list[int], int]:
    """So many numbers, and where they end."""
    width = data[start]
    end = start + 1 + width * count
    if width == 1:  # as counts are, mostly
        return list(data[start + 1 : end]), end
    return [int.from_bytes(data[at : at + width], "little") for at in range(start + 1, end, width)], end


def time(at: datetime | None) -> bytes:
    return number(microseconds(at) if at is not None else 0, MICROSECONDS)


def time_at(data: bytes, start: int) -> datetime | None:
    since_1970 = number_at(data, start, MICROSECONDS)
    return from_microseconds(since_1970) if since_1970 else None


def identity_keys(keys: Iterable[str]) -> bytes:
    """Identity keys. Most are a visitor's UUID, which takes 18 bytes so and 49 as text."""
    texts: list[str | int] = []
    uuids: list[bytes] = []
    for key in keys:
        kind, _, value = key.partition(":")
        packed = uuid(value) if kind in KINDS else None
        if packed is None:
            texts.append(key)
        else:
            texts.append(KINDS.index(kind))
            uuids.append(packed)
    return written(texts, b"".join(uuids))


def identity_keys_in(data: bytes) -> Iterator[str]:
    texts, uuids = read(data)
    start = 0
    for text in texts:
        if isinstance(text, str):
            yield text
        else:
            yield f"{KINDS[text]}:{uuid_text(uuids[start : start + UUID])}"
            start += UUID


def uuid_text(data: bytes) -> str:
    digits = data.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def identity_key_size(key: str) -> int:
    """Bytes that one of several identity keys takes, at most."""
    kind, _, value = key.partition(":")
    if kind in KINDS and uuid(value) is not None:
        return UUID + 2
    return len(orjson.dumps(key)) + 1


def uuid(text: str) -> bytes | None:
    """The bytes of a UUID in its usual spelling, lower-case with dashes."""
    if len(text) != 36 or not text[8] == text[13] == text[18] == text[23] == "-":
        return None
    digits = text.replace("-", "")
    return _hex(digits) if len(digits) == 2 * UUID else None


def _hex(digits: str) -> bytes | None:
    """The bytes of lower-case hexadecimal digits; None if the text is anything else."""
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        return None
    return found if found.hex() == digits else None


def digest(digits: str) -> bytes | None:
    """The bytes of 32 lower-case hexadecimal digits, as our own ids are."""
    return _hex(digits) if len(digits) == 2 * UUID else None
