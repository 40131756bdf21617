"""What a probe found, and what to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """The words of `--json`. `attention`: it works, or will, with a setting or a request to AWS."""

    OK = "ok"
    ATTENTION = "attention"
    BROKEN = "broken"


class Finding(NamedTuple):
    """`detail` is what was seen, `do` what to do: empty where there is nothing to do. One line each."""

    state: State
    detail: str
    do: str = ""


def ok(detail: str) -> Finding:
    return Finding(State.OK, detail)


def attention(detail: str, do: str) -> Finding:
    return Finding(State.ATTENTION, detail, do)


def broken(detail: str, do: str) -> Finding:
    return Finding(State.BROKEN, detail, do)
