"""Values as Athena writes them, and its names of their types: the emulator answers with DuckDB's, in Python's notation.

It also keeps them with the query until it stops, and cannot store a time or a decimal among them: text it can.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ministack.services import athena


class TypeNames(dict[str, str]):
    """Athena's name of a type, by DuckDB's without what follows its first parenthesis."""

    def get(self, name: str, default: str = "varchar") -> str:  # type: ignore[override]
        return "array" if name.endswith("]") else super().get(name, default)


def write_as_athena_does() -> None:
    run = athena._run_duckdb
    athena._DUCKDB_TYPE_MAP = TypeNames(
        {
            **athena._DUCKDB_TYPE_MAP,
            "JSON": "json",
            "UBIGINT": "bigint",
            "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
        }
    )

    async def run_for_text(*arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await run(*arguments)
        types = [
            # `DECIMAL(5, 2)[]` was taken for a decimal.
            "array" if any(isinstance(row[n], list) for row in answer["rows"]) else type_
            for n, type_ in enumerate(answer["column_types"])
        ]
        rows = [[None if value is None else text(value) for value in row] for row in answer["rows"]]
        return {**answer, "column_types": types, "rows": rows}

    athena._run_duckdb = run_for_text


def text(value: object) -> str:
    """`{a=1, b=[x, null]}`, `true`, and times with milliseconds."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(key)}={text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(inner) for inner in value) + "]"
    if isinstance(value, datetime):
        moment = (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None)
        return moment.isoformat(sep=" ", timespec="milliseconds") + (" UTC" if value.tzinfo else "")
    return str(value)
