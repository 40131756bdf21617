"""Maps, arrays and rows come out of a query as values of their own, in the order that was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from cli.lake import structures
from shared.ports.queries import QueryResult
from tests.fakes.archived import archived
from tests.fakes.lake import FakeLake

SATURDAY = "2026-11-21"
CONFUSING = {"a": "1, b=2", "c": "{d=[x]}", "e": 'say "no"'}


@pytest.fixture
def filled(lake: FakeLake) -> FakeLake:
    lake.add(archived("e1", properties=CONFUSING, ordinal=2), dt=SATURDAY)
    lake.add(archived("e2", name="Login", properties={"a": "z"}, ordinal=1), dt=SATURDAY)
    return lake


def type_of(value: object) -> str:
    if isinstance(value, dict):
        return "map"
    return "array" if isinstance(value, list) else "varchar"


def answer(lake: FakeLake, sql: str) -> list[dict[str, Any]]:
    """As `headrace query` asks; the types are those of the values, which DuckDB has as Python's."""
    raw = lake.ask(sql)
    columns = tuple(raw[0])
    changed = structures.rewritten(sql, columns, [type_of(value) for value in raw[0].values()])
    assert changed is not None
    rows = [tuple(row.values()) for row in lake.ask(changed.sql)]
    result = changed.read(QueryResult((), rows, 0))
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "select event_id, properties from events order by occurred_at, event_id desc limit 10",
            [{"event_id": "e2", "properties": {"a": "z"}}, {"event_id": "e1", "properties": CONFUSING}],
        ),
        ("select properties from events where event_id = 'e1' -- the odd one", [{"properties": CONFUSING}]),
        ("select properties as p from events order by ordinal desc limit 1", [{"p": CONFUSING}]),
        ("select properties as ordinal from events_raw order by dt, name desc limit 1", [{"ordinal": {"a": "z"}}]),
        ("select array_agg(name order by name) as names from events", [{"names": ["Add To Cart", "Login"]}]),
        (
            "select name, array_agg(event_id) from events group by 1 order by 1 desc",
            [{"name": "Login", "_col1": ["e2"]}, {"name": "Add To Cart", "_col1": ["e1"]}],
        ),
        (
            "select properties, count(*) as c from events group by 1 order by max(ordinal)",
            [{"properties": {"a": "z"}, "c": 1}, {"properties": CONFUSING, "c": 1}],
        ),
        ("select cast(row(1, 'x') as row(n integer, t varchar)) as r", [{"r": {"n": 1, "t": "x"}}]),
        ("select map(array['k'], array[array[1, null]]) as m", [{"m": {"k": [1, None]}}]),
        (
            "select properties from events where event_id = 'e1' union all select map(array['k'], array['v'])",
            [{"properties": CONFUSING}, {"properties": {"k": "v"}}],
        ),
        ("select cast(null as map(varchar, varchar)) as m, array[true] as b", [{"m": None, "b": [True]}]),
    ],
)  # fmt: skip
def test_structures_are_values(filled: FakeLake, sql: str, expected: list[dict[str, Any]]) -> None:
    assert answer(filled, sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "select * from events where event_id = 'e1'",
        "select * from events order by event_id limit 1",
        "select e.* from events e join events_raw r on r.event_id = e.event_id order by e.event_id limit 1",
        "with mine as (select * from events) select 1 as one, *, 2 as two from mine order by event_id",
    ],
)
def test_all_columns_are_expanded_where_the_order_must_stay(filled: FakeLake, sql: str) -> None:
    [first, *_] = answer(filled, sql)
    assert first["event_id"] == "e1"
    assert first["properties"] == CONFUSING
    assert list(first) == list(filled.ask(sql)[0])


@pytest.mark.parametrize(
    ("sql", "columns", "types"),
    [
        ("select name from events", ["name"], ["varchar"]),
        ("select split(name, ' ') as words from events order by words", ["words"], ["array"]),
        ("select split(name, ' ') from events order by 1", ["_col0"], ["array"]),
        ("select * from events a join events b using (dt) order by 1", ["dt", "p"], ["varchar", "map"]),
        ("select a.*, b.* from events a, events b order by 1", ["dt", "p"], ["varchar", "map"]),
        ("select a from x union select a from y order by 1", ["a"], ["array"]),
    ],
)
def test_a_query_whose_order_would_change_stays_as_it_is(
    sql: str, columns: list[str], types: list[str]
) -> None:
    assert structures.rewritten(sql, columns, types) is None


def test_a_query_that_sqlglot_cannot_read_goes_to_athena_as_it_is() -> None:
    assert structures.may_have_some("select from where (")
    assert structures.rewritten("select from where (", ["a"], ["array"]) is None


def test_without_an_order_the_text_of_the_query_stays() -> None:
    sql = 'select properties, "Name" from events -- all of them'
    changed = structures.rewritten(sql, ["properties", "Name"], ["map", "varchar"])
    assert changed is not None
    assert changed.sql == (
        f"select json_format(cast(c0 as json)) as c0, c1 from (\n{sql}\n) as answer(c0, c1)"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select properties from events",
        "select * from events",
        "select array_agg(name) as names from events",
        "select split(name, ' ') from events",
        "select map_keys(properties) from events",
        "select a || b as c from x",
        "select something(name) from events",
        "select name from a_table_of_my_own",
    ],
)
def test_what_may_be_a_structure_is_asked_for(sql: str) -> None:
    assert structures.may_have_some(sql)


@pytest.mark.parametrize(
    ("sql", "asked"),
    [
        ("select 1 as x, 2 as x", "select 1 as x, 2 as x\nlimit 0"),
        ("select 1 -- one", "select 1 -- one\nlimit 0"),
        ("select 1 union all select 2", "select 1 union all select 2\nlimit 0"),
        ("select 1 limit 5", "select 1 limit 0"),
        ("select 1 offset 2 limit 5", "select 1 offset 2 limit 0"),
        ("select * from (select 1 limit 5)", "select * from (select 1 limit 5)\nlimit 0"),
        ("select 1 fetch first 5 rows only", "select * from (\nselect 1 fetch first 5 rows only\n) limit 0"),
        ("select 1 offset 2", "select * from (\nselect 1 offset 2\n) limit 0"),
        ("what sqlglot cannot read (", "select * from (\nwhat sqlglot cannot read (\n) limit 0"),
    ],
)
def test_types_are_asked_for_with_the_columns_own_names(sql: str, asked: str) -> None:
    """A subquery's columns have other ones in DuckDB: the second `x` is `x_1`."""
    assert structures.asked_for_types(sql) == asked


def test_columns_without_a_name_have_their_number_beside_maps_too(filled: FakeLake) -> None:
    asked = structures.asked_for_types(
        "select cast('5' as integer), element_at(properties, 'a'), properties from events"
    )
    assert list(filled.ask(asked.removesuffix("limit 0"))[0]) == ["_col0", "_col1", "properties"]
