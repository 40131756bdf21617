"""The emulator's Firehose and Athena, corrected: rows become Parquet at once, values are written as Athena does."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from ministack.services import athena, firehose, glue

from cli.emulator.athena_text import text, write_as_athena_does
from cli.emulator.parquet import convert_at_once, parquet
from shared.lake.rows import line
from shared.lake.schema import COLUMNS
from tests.fakes.archived import NOON, archived

TYPES = {name: firehose._hive_to_duckdb_type(glue_type) for name, glue_type in COLUMNS}
CONVERSION = {
    "SchemaConfiguration": {"DatabaseName": "db", "TableName": "rows"},
    "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": {}}},
}
ROWS = line(archived("a", properties={"amount": 1.5, "tags": ["x", "y"]})) + line(archived("b", ordinal=7))


@pytest.fixture
def conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [{"Name": name, "Type": glue_type} for name, glue_type in COLUMNS]
    monkeypatch.setitem(glue._tables, "db/rows", {"StorageDescriptor": {"Columns": columns}})
    monkeypatch.setattr(firehose, "_convert_to_parquet", firehose._convert_to_parquet)


def read(data: bytes, folder: Path) -> list[tuple[object, ...]]:
    file = folder / "read.parquet"
    file.write_bytes(data)
    return duckdb.connect().execute(f"SELECT * FROM '{file}' ORDER BY event_id").fetchall()


def test_the_parquet_is_what_the_emulator_would_have_made(conversion: None, tmp_path: Path) -> None:
    one_by_one = firehose._convert_to_parquet(CONVERSION, ROWS)
    convert_at_once()
    at_once = firehose._convert_to_parquet(CONVERSION, ROWS)

    assert read(at_once, tmp_path) == read(one_by_one, tmp_path)


def test_rows_keep_their_types(tmp_path: Path) -> None:
    [first, _] = read(parquet(ROWS, TYPES), tmp_path)
    values = dict(zip(TYPES, first, strict=True))

    assert values["occurred_at"] == NOON.replace(tzinfo=None)
    assert values["properties"] == {"amount": "1.5", "tags": '["x","y"]'}
    assert values["ordinal"] == 0


def test_a_row_that_does_not_fit_is_refused_as_by_the_emulator(conversion: None) -> None:
    convert_at_once()
    with pytest.raises(firehose._DeliveryError):
        firehose._convert_to_parquet(CONVERSION, b'{"occurred_at": "no time"}\n')


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (42, "42"),
        ("as it is", "as it is"),
        ({"a": "1", "b": None}, "{a=1, b=null}"),
        ([1, [True]], "[1, [true]]"),
        (datetime(2026, 11, 21, 18, 10), "2026-11-21 18:10:00.000"),  # noqa: DTZ001  # DuckDB's plain timestamp
        (datetime(2026, 11, 21, 18, 10, tzinfo=UTC), "2026-11-21 18:10:00.000 UTC"),
        (date(2026, 11, 21), "2026-11-21"),
    ],
)
def test_values_are_written_as_athena_does(value: object, written: str) -> None:
    assert text(value) == written


def test_an_answer_can_be_stored_when_the_emulator_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(athena, "_run_duckdb", athena._run_duckdb)
    monkeypatch.setattr(athena, "_DUCKDB_TYPE_MAP", athena._DUCKDB_TYPE_MAP)
    write_as_athena_does()

    answer = asyncio.run(
        athena._run_duckdb("SELECT DATE '2026-11-21', 1.50::DECIMAL(5, 2), NULL::INTEGER, 42", "db", None)
    )

    assert json.loads(json.dumps(answer["rows"])) == [["2026-11-21", "1.50", None, "42"]]
    assert answer["column_types"] == ["date", "decimal", "integer", "integer"]


@pytest.mark.parametrize(
    ("sql", "type_"),
    [
        ("map {'a': 1}", "map"),
        ("[1, 2]", "array"),
        ("[1.5::decimal(5, 2)]", "array"),
        ("[{'a': 1}]", "array"),
        ("{'a': 1}", "row"),
        ("cast('[1]' as json)", "json"),
        ("now()", "timestamp with time zone"),
        ("sum(1)", "bigint"),
    ],
)
def test_types_have_athenas_names(monkeypatch: pytest.MonkeyPatch, sql: str, type_: str) -> None:
    monkeypatch.setattr(athena, "_run_duckdb", athena._run_duckdb)
    monkeypatch.setattr(athena, "_DUCKDB_TYPE_MAP", athena._DUCKDB_TYPE_MAP)
    write_as_athena_does()

    answer = asyncio.run(athena._run_duckdb(f"SELECT {sql}", "db", None))

    assert answer["column_types"] == [type_]
