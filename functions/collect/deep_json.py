"""JSON nested deeper than the libraries write: a client may send a thousand levels, and what it sent is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


class _Text(str):
    """JSON already, between the values that are still to be written."""

    __slots__ = ()


def written(value: Any, default: Callable[[object], str]) -> bytes:
    """The value as JSON, without recursion. `default` says in words what JSON does not have."""
    parts: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _Text):
            parts.append(one)
        elif isinstance(one, dict):
            inside = [[_Text(f"{json.dumps(name)}: "), inner] for name, inner in one.items()]
            waiting += _backwards("{", inside, "}")
        elif isinstance(one, list):
            waiting += _backwards("[", [[inner] for inner in one], "]")
        else:
            parts.append(json.dumps(one, default=default))
    return "".join(parts).encode()


def _backwards(opening: str, inside: list[list[Any]], closing: str) -> list[Any]:
    """What is taken from the end of a list, first things last."""
    found: list[Any] = [_Text(opening)]
    for at, values in enumerate(inside):
        found += [_Text(", "), *values] if at else values
    found.append(_Text(closing))
    found.reverse()
    return found
