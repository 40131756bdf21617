"""The content of a file without the values that its schema refuses, so that one run of `lint` finds all other mistakes
too."""

from __future__ import annotations

import copy
from typing import Any

import orjson
from pydantic import ValidationError

from shared.authoring.files.models.authored import Authored
from shared.authoring.files.models.campaigns import RECEIVER_KEYS
from shared.authoring.findings import Path

KEY_ITSELF = "[key]"
"""Pydantic's step in a location for a mapping's key that is wrong itself."""

MOST_ROUNDS = 50
"""Rounds. Removing one value may reveal another mistake; each round removes at least one."""

STAND_INS = {
    "name": "unreadable", "trust": "server", "type": "string", "event": "unreadable", "template": "unreadable",
    "channel": "email", "url": "https://unreadable.example",
}  # fmt: skip
"""Placeholders for required values that are missing or wrong, so that the values beside them can still be checked."""


def validated(model: type[Authored], data: Any) -> Authored:
    """Validate the data as JSON, so that strict mode converts nothing but lists to tuples. Raises ValidationError."""
    return model.model_validate_json(orjson.dumps({} if data is None else data), strict=True)


def readable_part(
    model: type[Authored], data: Any, refused: ValidationError
) -> tuple[Authored | None, frozenset[Path]]:
    """The content without the refused values, or None if nothing is left; and the paths of removed values and
    placeholders. A missing value at such a path, or below, may in fact have been written."""
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
    """The path of the whole list, because without one of its items a list would mean something else."""
    return next((path[:at] for at, step in enumerate(path) if isinstance(step, int)), path)


def _stand_in(left: Any, path: Path) -> Path:
    above = _at(left, path[:-1])
    if path[-1] not in STAND_INS or not isinstance(above, dict):
        return _taken_out(left, path[:-1])
    named = next((key for key in RECEIVER_KEYS if key in above), None) if path[-1] == "channel" else None
    above[path[-1]] = RECEIVER_KEYS[named][0] if named is not None else STAND_INS[str(path[-1])]
    return path


def _taken_out(left: Any, path: Path) -> Path:
    """Remove the value at the path, or its nearest existing parent."""
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
