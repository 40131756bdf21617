"""`name=value` as people type properties and traits on a command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from cli.problem import Problem


def assigned(typed: Iterable[str]) -> dict[str, Any]:
    """The values by their names. What is JSON is taken as JSON (`1500`, `true`, `["a"]`), anything else as text.

    A whole object may be given too: `{"amount": 1500}`. Raises Problem.
    """
    values: dict[str, Any] = {}
    for text in typed:
        if text.lstrip().startswith("{"):
            given = _json(text)
            if not isinstance(given, dict):
                raise Problem(f"“{text}” is not a JSON object")
            values.update(given)
            continue
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise Problem(
                f"“{text}” is not name=value", "Examples: amount=1500  currency=USD  'tags=[\"new\"]'"
            )
        values[name] = _json(value)
    return values


def _json(text: str) -> Any:
    """The JSON value, or the text itself when it is none: `+15550100`, `USD`, `007`."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
