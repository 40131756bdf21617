"""The lake in DuckDB: rows as `shared.lake.rows` makes them, converted to Parquet types, asked in Athena's SQL."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb

from cli.lake.dialect import for_the_laptop
from cli.lake.queries import views
from shared.bus_entries import ArchiveRow
from shared.lake import rejected_rows
from shared.lake.rows import row
from shared.lake.schema import PARTITIONS, REJECTED, TABLE, TABLES
from shared.rejected import RejectedRequest

DUCKDB_TYPES = {"string": "VARCHAR", "timestamp": "TIMESTAMP", "double": "DOUBLE", "int": "INTEGER"}
MAP = "MAP(VARCHAR, VARCHAR)"


@cache
def translated(athena_sql: str) -> str:
    """A query of Athena's in the words of the laptop's DuckDB, translated once a process."""
    return for_the_laptop(athena_sql, views())


class FakeLake:
    """The lake's tables and views in DuckDB, without files: rows are added as archive and Firehose write them."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        for table in TABLES:
            columns = [
                f'"{name}" {DUCKDB_TYPES.get(glue, MAP)}' for name, glue in (*table.columns, *PARTITIONS)
            ]
            self._connection.execute(f"CREATE TABLE {table.name} ({', '.join(columns)})")

    def add(self, archived: ArchiveRow, *, dt: str) -> None:
        self._insert(TABLE, {**row(archived), "dt": dt})

    def add_rejected(self, request: RejectedRequest, *, dt: str) -> None:
        for one in rejected_rows.rows(request):
            self._insert(REJECTED.name, {**one, "dt": dt})

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        places = ", ".join("?" for _ in values)
        columns = ", ".join(f'"{name}"' for name in values)
        self._connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(values.values()))

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
