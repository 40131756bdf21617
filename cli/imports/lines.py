"""Lines of exported files, numbered as an editor numbers them; gzip is read as it is."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

GZIP = b"\x1f\x8b"

CHUNK = 1024 * 1024


class Line(NamedTuple):
    """`number` counts from 1; `text` has no line break."""

    number: int
    text: str


def digest(path: Path) -> str:
    """SHA-256 of the file as it is, in hex. Raises OSError."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def lines(path: Path) -> Iterator[Line]:
    """Every line that is not blank. Bytes that are no UTF-8 are kept as escapes, so that their line can be named.
    Raises OSError (a broken archive is one) or EOFError."""
    with opened(path) as file:
        for number, raw in enumerate(file, 1):
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "backslashreplace").strip("\r\n")
            if text.strip():
                yield Line(number, text)


def count(path: Path) -> int:
    """Raises OSError or EOFError."""
    return sum(1 for _ in lines(path))


def opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_zipped = file.read(2) == GZIP
    return cast("BinaryIO", gzip.open(path)) if is_zipped else path.open("rb")
