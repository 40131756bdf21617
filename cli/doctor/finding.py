"""What a probe found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """The words of `--json`. `attention`: it works, or will, with a setting or a request to AWS. `unexamined`: it was
    not followed to its end, for a cause that stands above it as broken."""

    OK = "ok"
    ATTENTION = "attention"
    BROKEN = "broken"
    UNEXAMINED = "unexamined"


class Part(StrEnum):
    """A part of the path, without which what comes behind it gets nothing."""

    STREAM = "stream"
    PROCESS = "process"
    EMAIL = "send-email"
    ARCHIVE = "archive"
    DELIVERY = "delivery"


class Finding(NamedTuple):
    """`detail` is what was seen, `do` what to do: empty where there is nothing to do. One line each.

    `stops` are the parts that do nothing, for what was found.
    """

    state: State
    detail: str
    do: str = ""
    stops: frozenset[Part] = frozenset()


def ok(detail: str) -> Finding:
    return Finding(State.OK, detail)


def attention(detail: str, do: str) -> Finding:
    return Finding(State.ATTENTION, detail, do)


def broken(detail: str, do: str, stops: Iterable[Part] = ()) -> Finding:
    return Finding(State.BROKEN, detail, do, frozenset(stops))


def unexamined(detail: str) -> Finding:
    return Finding(State.UNEXAMINED, detail)


FORBIDDEN = ("AccessDenied", "not authorized", "UnauthorizedOperation")
"""What AWS says to whoever may not ask."""


def is_forbidden(words: str) -> bool:
    return any(word in words for word in FORBIDDEN)
