"""Queries in memory, and the verb's answer to text that is typed."""

from __future__ import annotations

from typing import ClassVar

from typer.testing import CliRunner, Result

from cli.commands import query
from shared.ports.queries import QueryResult

NOTHING = QueryResult(("name", "c"), [], 0)


class FakeQueries:
    """Answers every query with `answer`, or raises it; asked for types, with those of `answer` and no rows."""

    answer: QueryResult | Exception = NOTHING
    asked: str = ""
    all_asked: ClassVar[list[str]] = []

    def __init__(self, *, database: str, workgroup: str) -> None:
        assert (database, workgroup) == ("headrace_db", "headrace-wg")

    def run(self, sql: str) -> QueryResult:
        FakeQueries.asked = sql
        FakeQueries.all_asked.append(sql)
        if isinstance(FakeQueries.answer, Exception):
            raise FakeQueries.answer
        columns, rows, scanned, types = FakeQueries.answer
        types = types or ("varchar",) * len(columns)
        return QueryResult(columns, [] if sql.lower().endswith("limit 0") else rows, scanned, types)


def typed(*arguments: str, text: str | bytes | None = None) -> Result:
    """The verb with these arguments, and `text` on standard input."""
    return CliRunner().invoke(query.app, [*arguments], input=text, catch_exceptions=True)
