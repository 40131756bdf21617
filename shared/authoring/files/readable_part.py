"""What a file says without the values that its schema refuses, so that one round of `lint` finds what else is wrong."""

from __future__ import annotations

import copy
from typing import Any

import orjson
from pydantic import ValidationError

from shared.authoring.files.models import RECEIVER_KEYS, Authored
from shared.authoring.findings import Path

KEY_ITSELF = "[key]"
"""Pydantic's step in a location for a mapping's key that is wrong itself."""

MOST_ROUNDS = 50
"""To take one value out may show what was wrong beside it; each round takes out at least one."""

STAND_INS = {
    "name": "unreadable", "trust": "server", "type": "string", "event": "unreadable", "template": "unreadable",
    "channel": "email", "url": "https://unreadable.example",
}  # fmt: skip
"""For required values that are missing or wrong: what stands beside them can be checked all the same."""


def validated(model: type[Authored], data: Any) -> Authored:
    """By way of JSON, where strict means no guessing but lists may become tuples. Raises ValidationError."""
    return model.model_validate_json(orjson.dumps({} if data is None else data), strict=True)


def readable_part(
    model: type[Authored], data: Any, refused: ValidationError
) -> tuple[Authored | None, frozenset[Path]]:
    """The content without what is refused, None when nothing is left; and where something was taken out or stands in:
    what is missing at such a place, or below it, may have been written there."""
    left = copy.deepcopy(data)
    lost: set[Path] = set()
    error = refused
    for _ in range(MOST_ROUNDS):
        for one in error.errors(include_url=False, include_input=False, include_context=False):
            path = _without_items(tuple(step for step in one["loc"] if step != KEY_ITSELF))
            if not path:
                return None, frozenset({()})
            lost.add(_stand_in(left, path) if one["type"] == "missing" else _taken_out(left, path))
            if one["type"] == "extra_forbidden":
                lost.add(path[:-1])  # a misspelt key: what it stands for is missing there
        try:
            return validated(model, left), frozenset(lost)
        except ValidationError as again:
            error = again
    return None, frozenset({()})


def _without_items(path: Path) -> Path:
    """A list goes as a whole: without one of its items it would say something else."""
    return next((path[:at] for at, step in enumerate(path) if isinstance(step, int)), path)


def _stand_in(left: Any, path: Path) -> Path:
    above = _at(left, path[:-1])
    if path[-1] not in STAND_INS or not isinstance(above, dict):
        return _taken_out(left, path[:-1])
    named = next((key for key in RECEIVER_KEYS if key in above), None) if path[-1] == "channel" else None
    above[path[-1]] = RECEIVER_KEYS[named][0] if named is not None else STAND_INS[str(path[-1])]
    return path


def _taken_out(left: Any, path: Path) -> Path:
    """Takes out the value there, or the last one on the way that is there."""
    while path:
        above = _at(left, path[:-1])
        if isinstance(above, dict) and path[-1] in above:
            del above[path[-1]]
            break
        path = path[:-1]
    return path


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data
