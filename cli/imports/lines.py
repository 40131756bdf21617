"""Lines of exported files, numbered as an editor numbers them; gzip is read as it is."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

GZIP = b"\x1f\x8b"

CHUNK = 1024 * 1024


class Line(NamedTuple):
    """`number` counts from 1; `text` has no line break, `ending` is the one it had."""

    number: int
    text: str
    ending: str = "\n"


def digest(path: Path) -> str:
    """SHA-256 of the file as it is, in hex. Raises OSError."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def lines(path: Path) -> Iterator[Line]:
    """Every line, blank ones too: a quoted cell of CSV may hold some. Bytes that are no UTF-8 are kept as escapes, so
    that their line can be named. Raises OSError (a broken archive is one) or EOFError."""
    with opened(path) as file:
        for number, raw in enumerate(file, 1):
            whole = raw.decode("utf-8-sig" if number == 1 else "utf-8", "backslashreplace")
            text = whole.rstrip("\r\n")
            yield Line(number, text, whole[len(text) :])


def not_blank(found: Iterable[Line]) -> Iterator[Line]:
    return (line for line in found if line.text.strip())


def count(path: Path) -> int:
    """Raises OSError or EOFError."""
    return sum(1 for _ in lines(path))


def opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_zipped = file.read(2) == GZIP
    return cast("BinaryIO", gzip.open(path)) if is_zipped else path.open("rb")
