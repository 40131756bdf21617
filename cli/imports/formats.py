"""The formats an import can read, and how one is recognised by its first lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.imports import clevertap, pinpoint, segment
from cli.imports.lines import Line
from cli.imports.row import Reading, Row, Unreadable
from cli.problem import Problem


@dataclass(frozen=True)
class Format:
    """`rows` gives what each line says, or why it says nothing. `request` puts up to 100 rows into a request of the
    protocol: its path and its document."""

    name: str
    is_like: Callable[[list[str], Path], bool]
    rows: Callable[[Iterator[Line], Reading], Iterator[Row | Unreadable]]
    request: Callable[[list[Row], str], tuple[str, Any]]


FORMATS = (
    Format("clevertap-events", clevertap.is_like_events, clevertap.events, clevertap.request),
    Format("clevertap-profiles", clevertap.is_like_profiles, clevertap.profiles, clevertap.request),
    Format("pinpoint-endpoints", pinpoint.is_like, pinpoint.endpoints, pinpoint.request),
    Format("segment", segment.is_like, segment.events, segment.request),
)

BY_NAME = {one.name: one for one in FORMATS}


def recognised(first: list[str], path: Path) -> Format:
    """Raises Problem when no format is like the file's first lines."""
    for one in FORMATS:
        if one.is_like(first, path):
            return one
    raise Problem(
        f"{path.name} matches none of the formats: {', '.join(BY_NAME)}", "Name the format: --format"
    )
