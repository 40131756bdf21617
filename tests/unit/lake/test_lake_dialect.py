"""Athena's SQL on the laptop: the same answers from DuckDB."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cli.lake.dialect import for_the_laptop
from cli.lake.queries import views
from cli.lake.statements import NotAQuery
from tests.fakes.archived import NOON, archived
from tests.fakes.lake import FakeLake

SATURDAY = "2026-11-21"


@pytest.fixture
def filled(lake: FakeLake) -> FakeLake:
    lake.add(archived("e1", properties={"sku": "mug", "amount": 12.5}, context={"locale": "tr"}), dt=SATURDAY)
    lake.add(archived("e2", name="Login", ordinal=1), dt=SATURDAY)
    lake.add(archived("e2", name="Login", ordinal=1), dt=SATURDAY)
    return lake


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("select count(*) as c from events", 2),
        ("select count(*) as c from events_raw", 3),
        ("select count(*) as c from EVENTS", 2),
        ("select count(*) as c from headrace_local.events", 2),
        ('select count(*) as c from "awsdatacatalog"."headrace_local"."events" e', 2),
        ("select events.name from events where events.event_id = 'e2'", "Login"),
        ("with events as (select * from events where name = 'Login') select count(*) as c from events", 1),
        (
            "with mine as (select * from events) select count(*) as c from mine join events using (event_id)",
            2,
        ),
        (
            "select count(*) as c from events where event_id in (select event_id from events_raw where ordinal = 1)",
            1,
        ),
        ("select max(c) as m from (select name, count(*) as c from events group by name)", 1),
        ("select count(*) as c from (select name from events union all select name from events_raw)", 5),
        ("select 7 / 2 as half", 3),
        ("select -7 / 2 as half", -3),
        ("select 7 / 2.0 as half", 3.5),
        ("select count(*) / 4 as quarter from events_raw", 0),
        ("select properties['sku'] as sku from events where event_id = 'e1'", "mug"),
        ("select element_at(properties, 'none') as sku from events where event_id = 'e1'", None),
        ("select sum(cast(element_at(properties, 'amount') as double)) as total from events", 12.5),
        ("select cardinality(map_keys(properties)) as n from events where event_id = 'e1'", 2),
        ("select json_format(cast(properties as json)) as j from events where event_id = 'e2'", "{}"),
        (
            "select key from events cross join unnest(map_keys(properties)) as t(key) order by key limit 1",
            "amount",
        ),
        ("select date(occurred_at) as d from events limit 1", date(2026, 11, 21)),
        ("select date_format(occurred_at, '%Y-%m-%d %H:%i') as t from events limit 1", "2026-11-21 12:00"),
        ("select date_trunc('hour', occurred_at) as t from events limit 1", NOON.replace(tzinfo=None)),
        (
            "select occurred_at at time zone 'Europe/Istanbul' as t from events limit 1",
            NOON,
        ),
        ("select date_diff('day', date '2026-11-01', date(occurred_at)) as d from events limit 1", 20),
        ("select approx_distinct(person) as p from events", 1),
        ("select count_if(name = 'Login') as c from events", 1),
        ("select count(*) filter (where name = 'Login') as c from events", 1),
        ("select max_by(name, ordinal) as n from events", "Login"),
        ("select regexp_extract('v=42', '[0-9]+') as n", "42"),
        ("select max(c) as c from (values 1, 2) as t(c);", 2),
    ],
)
def test_a_query_means_the_same(filled: FakeLake, sql: str, answer: Any) -> None:
    [found] = filled.ask(sql)
    assert list(found.values()) == [answer]


def test_a_column_without_a_name_is_called_as_by_athena(filled: FakeLake) -> None:
    assert filled.ask(
        "select name, count(*), max(ordinal) as last from events_raw group by 1 order by 1"
    ) == [
        {"name": "Add To Cart", "_col1": 1, "last": 0},
        {"name": "Login", "_col1": 2, "last": 1},
    ]


def test_an_empty_lake_has_typed_columns(lake: FakeLake) -> None:
    assert lake.ask("select properties['sku'] as sku, revenue + 1 as r from events") == []


def test_the_emulators_empty_lake_has_typed_columns_too() -> None:
    """It takes every column it does not know for text."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("CREATE TABLE events_raw AS SELECT CAST(NULL AS VARCHAR) AS properties WHERE FALSE")

    asked = for_the_laptop("select element_at(properties, 'sku') as sku from events_raw", {})

    assert connection.execute(asked).fetchall() == []


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("selec 1", "line 1, column 7"),
        ("select count(* from events", "line 1, column 19"),
        ("drop table events_raw", "one SELECT"),
        ("select 1; select 2", "one SELECT"),
        ("", "one SELECT"),
        ("select 'unclosed", "what begins with ' at line 1, column 7 has no end"),
    ],
)
def test_what_is_no_query_is_said_so(sql: str, complaint: str) -> None:
    with pytest.raises(NotAQuery, match=complaint):
        for_the_laptop(sql, views())
