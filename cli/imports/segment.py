"""NDJSON in Segment's shape: each line one call, with its type, as `/v1/batch` takes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.imports.lines import Line, not_blank
from cli.imports.row import NO_OBJECT, Reading, Row, Unreadable, json_object


def is_like(first: list[str], _path: Path) -> bool:
    found = json_object(first[0]) if first else None
    return found is not None and "type" in found and bool({"userId", "anonymousId", "context"} & found.keys())


def events(lines: Iterator[Line], _reading: Reading) -> Iterator[Row | Unreadable]:
    """A line without a message id gets one of its content, so that it counts once however often it is imported."""
    for line in not_blank(lines):
        found = json_object(line.text)
        if found is None:
            yield Unreadable(line.number, NO_OBJECT)
        elif found.get("messageId"):
            yield Row(line.number, found)
        else:
            content = hashlib.blake2b(f"{line.number} {line.text}".encode(), digest_size=16).hexdigest()
            yield Row(line.number, {**found, "messageId": content})


def request(rows: list[Row], _write_key: str) -> tuple[str, Any]:
    return "/v1/batch", {"batch": [row.document for row in rows]}
