"""SQL over the lake."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class QueryResult(NamedTuple):
    """Rows in the order of `columns`, values as `shared.lake.values` reads them; `types` are Athena's names."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    scanned_bytes: int
    types: tuple[str, ...] = ()


class QueryFailed(Exception):
    """The query itself is at fault; the text is the engine's reason."""


class Queries(Protocol):
    """SQL over the lake."""

    def run(self, sql: str) -> QueryResult: ...
