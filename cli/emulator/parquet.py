"""Rows to Parquet at once: the emulator's Firehose inserts them one by one, 5 ms each; this way is 50 times faster."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
from ministack.services import firehose, glue


def convert_at_once() -> None:
    """Replace the conversion. What DuckDB cannot read goes the emulator's own way, which names the fault."""
    one_by_one: Callable[[Mapping[str, Any], bytes], bytes] = firehose._convert_to_parquet

    def converted(conversion: Mapping[str, Any], rows: bytes) -> bytes:
        schema = conversion.get("SchemaConfiguration") or {}
        table = glue._tables.get(f"{schema.get('DatabaseName')}/{schema.get('TableName')}") or {}
        columns = (table.get("StorageDescriptor") or {}).get("Columns") or []
        try:
            return parquet(
                rows, {column["Name"]: firehose._hive_to_duckdb_type(column["Type"]) for column in columns}
            )
        except duckdb.Error:
            return one_by_one(conversion, rows)

    firehose._convert_to_parquet = converted


def parquet(rows: bytes, columns: Mapping[str, str]) -> bytes:
    """Newline-separated JSON objects as one Parquet file of `columns`, DuckDB types by name."""
    types = ", ".join(f"'{name}': '{duckdb_type}'" for name, duckdb_type in columns.items())
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        source, target = Path(folder, "rows.json"), Path(folder, "rows.parquet")
        source.write_bytes(rows)
        connection.execute(
            f"COPY (SELECT * FROM read_json('{source}', format = 'newline_delimited', columns = {{{types}}}))"  # noqa: S608
            f" TO '{target}' (FORMAT PARQUET, COMPRESSION snappy)"
        )
        return target.read_bytes()
