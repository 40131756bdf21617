"""A list without brackets inside `{…}`: in `{allowed: lemon, plain}`, YAML reads `plain` as a key without a value."""

from __future__ import annotations

from typing import Any

from shared.authoring.files.yaml_document import Document
from shared.authoring.findings import Path

ONE_WORD = frozenset({"type", "channel", "trust", "policy", "required", "personal", "minimum", "maximum"})
"""Keys whose value is neither a list nor a text with a comma in it."""


def listed(path: Path, document: Document) -> list[str]:
    """The value at the path and the keys without a value that follow it in its line; empty where none follow."""
    above = _above(path, document)
    value = above.get(path[-1]) if path else None
    if not isinstance(value, str | int | float) or path[-1] in ONE_WORD:
        return []
    keys = list(above)
    items = [document.written.get(path, str(value))]
    for key in keys[keys.index(path[-1]) + 1 :]:
        if not _follows(key, path, document):
            break
        items.append(key)
    return items if len(items) > 1 else []


def key_of(path: Path, document: Document) -> str | None:
    """The key whose list the unknown key at the path belongs to, as it seems."""
    above = _above(path, document)
    keys = list(above)
    if not path or path[-1] not in keys:
        return None
    before = keys[: keys.index(path[-1])]
    return next((key for key in reversed(before) if path[-1] in listed((*path[:-1], key), document)), None)


def _follows(key: str, path: Path, document: Document) -> bool:
    beside = (*path[:-1], key)
    return (
        key not in ONE_WORD
        and _above(path, document)[key] is None
        and document.line(beside) == document.line(path)
    )


def _above(path: Path, document: Document) -> dict[Any, Any]:
    at: Any = document.data
    for step in path[:-1]:
        if isinstance(at, dict):
            at = at.get(step)
        elif isinstance(at, list) and isinstance(step, int) and step < len(at):
            at = at[step]
        else:
            return {}
    return at if isinstance(at, dict) else {}
