"""A query on the laptop reads the lake, and neither files of the machine nor the network nor DuckDB's own settings."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from cli.lake.dialect import for_the_laptop
from cli.lake.queries import views
from cli.lake.statements import NotAQuery
from tests.fakes.archived import archived
from tests.fakes.lake import FakeLake

DATABASE = "headrace_local"
PLACES = [
    "select * from {}",
    "select t.a from {} as t(a)",
    "select * from main.{}",
    "table {}",
    "(select * from {})",
    "select * from ({})",
    "select * from table({})",
    "select * from events cross join {}",
    "select * from events, {}",
    "select * from events left join lateral {} on true",
    "select * from events cross join lateral {} as t(a)",
    "select * from events, lateral (select * from {}) t",
    "select name from events where name in (select * from {})",
    "select name from events where exists (select 1 from {})",
    "select (select count(*) from {})",
    "select 1 union all select 2 from {}",
    "with x as (select * from {}) select * from x",
    "select name from events order by (select 1 from {})",
    "select name from events limit (select 1 from {})",
    "select transform(array[1], x -> (select count(*) from {}))",
    "select count(*) filter (where exists (select 1 from {})) from events",
    "select {}",
    "select upper({}) from events",
    "select * from unnest({}) as t(a)",
]
OTHER_WAYS = [
    "select * from '{}'",
    'select * from "{}"',
    'select name from events limit (select 1 from "{}")',
    'select (with "{}" as (select 1 as n) select n from "{}") as a, (select count(*) from "{}") as b',
    "select * from \"read_text\"('{}')",
    "select * from glob('{}')",
    "select * from query('select * from read_text(''{}'')')",
]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.csv"
    file.write_text("key\nsecret-of-the-machine\n")
    return file


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("function", ["read_text", "READ_CSV", "read_blob"])
def test_no_function_reads_a_file_wherever_it_stands(secret: Path, place: str, function: str) -> None:
    with pytest.raises(NotAQuery):
        for_the_laptop(place.format(f"{function}('{secret}')"), views(), DATABASE)


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_no_other_way_leads_to_a_file(secret: Path, way: str) -> None:
    with pytest.raises(NotAQuery):
        for_the_laptop(way.replace("{}", str(secret)), views(), DATABASE)


def test_the_network_is_not_asked() -> None:
    with pytest.raises(NotAQuery, match=r"there is no `read_csv\(…\)` to read from"):
        for_the_laptop("select * from read_csv('http://127.0.0.1/x')", views(), DATABASE)


def named(kinds: str) -> list[str]:
    found = duckdb.connect().execute(
        f"select distinct function_name from duckdb_functions() where {kinds} order by 1"
    )
    return [name for (name,) in found.fetchall() if name.isidentifier()]


@pytest.mark.parametrize("function", named("function_type in ('table', 'table_macro', 'pragma')"))
def test_no_table_function_of_duckdbs_is_asked(function: str) -> None:
    """Of the DuckDB that is installed: a later one has others."""
    if function != "unnest":
        with pytest.raises(NotAQuery):
            for_the_laptop(f"select * from {function}('x')", views(), DATABASE)


@pytest.mark.parametrize(
    "function",
    named(
        "function_type = 'scalar'"
        " and regexp_matches(function_name, 'setting|variable|(curr|next|set)val|write|_sql|query|seed|sleep|internal')"
    ),
)
def test_no_function_says_or_changes_what_is_duckdbs_own(function: str) -> None:
    for sql in (f"select {function}('x')", f"select main.{function}('x') from events"):
        with pytest.raises(NotAQuery, match="no function"):
            for_the_laptop(sql, views(), DATABASE)


def test_lists_rows_and_subqueries_are_read_as_before(lake: FakeLake) -> None:
    lake.add(archived("e1"), dt="2026-11-21")
    for sql in (
        "select n from unnest(array[1]) as t(n)",
        "select n from (values 1) as t(n)",
        "select n from events cross join unnest(sequence(1, 1)) as t(n)",
        "select t.n from events cross join lateral (select 1 as n) t",
        "with x as (select 1 as n) select n from (select * from x) y",
        "select n from (select 1 as n) where exists (table events)",
    ):
        assert lake.ask(sql) == [{"n": 1}], sql
