"""SQL over the lake."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class QueryResult(NamedTuple):
    """The rows of a result, with values in the order of `columns`, converted by `shared.lake.values`. `types` are
    Athena's names."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    scanned_bytes: int
    types: tuple[str, ...] = ()


class QueryFailed(Exception):
    """The query itself is wrong. The text is the engine's error."""


class Queries(Protocol):
    """SQL over the lake."""

    def run(self, sql: str) -> QueryResult: ...
