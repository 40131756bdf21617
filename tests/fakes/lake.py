"""The lake in DuckDB: rows as `shared.lake_rows` makes them, converted to Parquet types, asked in Athena's SQL."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb

from cli.lake_dialect import for_the_laptop
from cli.lake_queries import views
from shared.bus_entries import ArchiveRow
from shared.lake_rows import row
from shared.lake_schema import COLUMNS, PARTITIONS, TABLE

DUCKDB_TYPES = {"string": "VARCHAR", "timestamp": "TIMESTAMP", "double": "DOUBLE", "int": "INTEGER"}
MAP = "MAP(VARCHAR, VARCHAR)"


@cache
def translated(athena_sql: str) -> str:
    return for_the_laptop(athena_sql, views())


class FakeLake:
    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        columns = [f'"{name}" {DUCKDB_TYPES.get(glue, MAP)}' for name, glue in (*COLUMNS, *PARTITIONS)]
        self._connection.execute(f"CREATE TABLE {TABLE} ({', '.join(columns)})")

    def add(self, archived: ArchiveRow, *, dt: str) -> None:
        values = {**row(archived), "dt": dt}
        places = ", ".join("?" for _ in values)
        columns = ", ".join(f'"{name}"' for name in values)
        self._connection.execute(f"INSERT INTO {TABLE} ({columns}) VALUES ({places})", list(values.values()))

    def ask(self, athena_sql: str) -> list[dict[str, Any]]:
        answer = self._connection.execute(translated(athena_sql))
        names = [column[0] for column in answer.description]
        return [dict(zip(names, values, strict=True)) for values in answer.fetchall()]

    def plan(self, athena_sql: str) -> str:
        """How DuckDB would answer: its optimiser's tree as text."""
        answer = self._connection.execute("EXPLAIN " + translated(athena_sql))
        return "\n".join(text for _, text in answer.fetchall())

    def empty(self) -> None:
        self._connection.execute(f"DELETE FROM {TABLE}")

    def close(self) -> None:
        self._connection.close()
