from __future__ import annotations

import base64
import json

import pytest
import sqlglot

from cli.lake.queries import views
from shared.lake.schema import ATHENA_TYPES, COLUMNS, PARTITIONS, TABLES, LakeTable, view_text


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_view_has_the_tables_columns_in_order_and_then_the_day(table: LakeTable) -> None:
    select = sqlglot.parse_one(views()[table.view], read="athena")
    assert select.named_selects == [name for name, _ in (*table.columns, *PARTITIONS)]


def test_athena_finds_the_views_select_and_types_in_the_catalogue() -> None:
    stored = view_text("select 1", "headrace_dev")

    assert stored.startswith("/* Presto View: ")
    view = json.loads(base64.b64decode(stored.removeprefix("/* Presto View: ").removesuffix(" */")))
    assert view["originalSql"] == "select 1"
    assert view["schema"] == "headrace_dev"
    assert {"name": "occurred_at", "type": "timestamp(3)"} in view["columns"]
    assert {"name": "properties", "type": "map(varchar,varchar)"} in view["columns"]
    assert view["columns"][-1] == {"name": "dt", "type": "varchar"}


def test_names_are_lowercase_because_the_conversion_matches_case() -> None:
    assert all(name == name.lower() for name, _ in COLUMNS)


def test_every_type_has_a_name_in_athenas_sql() -> None:
    assert {glue for _, glue in (*COLUMNS, *PARTITIONS)} == set(ATHENA_TYPES)
