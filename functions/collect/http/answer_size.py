"""How much an answer may say.

Lambda answers with at most 6 MB, in which a body is text: its quotes take two bytes each, and what is not ASCII up to
three times its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, TypeVar

import orjson

from functions.collect.http.body import JSON_OPTIONS

Entry = TypeVar("Entry")

LARGEST = 6 * 1024 * 1024 - 64 * 1024
"""Bytes of a body that Lambda accepts, less room for headers. A larger answer fails, and the client would retry
forever: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

MOST = 5 * 1024 * 1024
"""Bytes of a body that we make."""

LISTED = 2 * 1024 * 1024
"""Of those, what a list of rejected events takes at most."""

NOT_LISTED = "not_listed"
"""Where a format has no word of its own: how many rejected events the list leaves out."""


def on_its_way(data: bytes) -> int:
    """Bytes that JSON or other text takes within the function's answer, at most."""
    others = 0 if data.isascii() else len(data) - len(data.decode("ascii", "ignore"))
    return len(data) + data.count(b'"') + data.count(b"\\") + 2 * others


def size_of(value: object) -> int:
    """Of a value that is written as JSON."""
    try:
        return on_its_way(orjson.dumps(value, option=JSON_OPTIONS))
    except TypeError:
        from functions.collect.http import raw_json  # what hardly anybody sends

        return on_its_way(raw_json.written(value, for_any_reader=True))


class ListLimit:
    """How much of an answer its list of rejected events, or of their reasons, may take: entries, and bytes."""

    __slots__ = ("most", "size")

    def __init__(self, most: int | None = None, size: int = LISTED) -> None:
        self.most = most
        self.size = size

    def first(self, entries: Iterable[Entry]) -> list[Entry]:
        """As many of them as the answer takes. Those after are not even made."""
        return as_many_as_fit(islice(entries, self.most), self.size)

    def rejected(self, entries: Iterable[Entry], count: int) -> dict[str, Any]:
        """The list of `count` rejected events beside an answer's own fields, and how many it leaves out."""
        listed = self.first(entries)
        return {"rejected": listed, **and_more(count, len(listed))}


def as_many_as_fit(entries: Iterable[Entry], room: int = LISTED) -> list[Entry]:
    """The first of the entries, as many as `room` bytes take. Those after are not even made."""
    found: list[Entry] = []
    for entry in entries:
        room -= size_of(entry) + 1
        if room < 0:
            break
        found.append(entry)
    return found


def and_more(rejected: int, listed: int) -> dict[str, int]:
    """What stands beside a list that is not whole."""
    return {NOT_LISTED: rejected - listed} if listed < rejected else {}
