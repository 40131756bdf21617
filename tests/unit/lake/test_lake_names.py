"""Tables and columns that there are not, said with those that there are."""

from __future__ import annotations

import pytest

from cli.lake.dialect import for_the_laptop
from cli.lake.queries import views
from cli.lake.statements import NotAQuery
from tests.fakes.archived import archived
from tests.fakes.lake import FakeLake

DATABASE = "headrace_local"
UNKNOWN = [
    ("select revenu from events", "no column `revenu` in `events`. Did you mean `revenue`.*'describe events'"),
    ("select contry, count(*) from events group by contry", "no column `contry`.*Did you mean `country`"),
    ("select contry, count(*) from events group by 1", "no column `contry`.*Did you mean `country`"),
    ("select name from events where nme = 'x'", "no column `nme`.*Did you mean `name`"),
    ("select name from events order by nme", "no column `nme`.*Did you mean `name`"),
    ("select e.nme from events e", "no column `nme` in `events`. Did you mean `name`"),
    ("select e.name from events", "`e` is no table of this query"),
    ("select evnts.name from events", "`evnts` is no table of this query. Did you mean `events`"),
    ("select code from events", "no column `code` in `events`"),
    ("with x as (select name as n from events) select name from x", "no column `name`.* There are n"),
    ("select x.m from (select name as n from events) x", "no column `m` in `x`. There are n"),
    ("select kee from events cross join unnest(map_keys(properties)) as t(key)", "no column `kee`.*Did you mean `key`"),
    ("select name from events where exists (select 1 from rejected r where r.nam = events.name)", "no column `nam`"),
    ("select name from events where exists (select 1 from rejected where cod = 'x')", "no column `cod`"),
    ("select properties.amount from events", "`properties` is a map: write element_at.properties, 'amount'."),
    ("select sum(cast(properties.amount as double)) from events e", "`properties` is a map"),
    ('select "$path" from events_raw', "hidden columns"),
    ("select _col0 from (select count(*) from events)", "no column `_col0`"),
    ("select * from event", "no table `event`. Did you mean `events`. There are events_raw, events, rejected_raw"),
    ("select * from profiles", "no table `profiles`. There are"),
    ("select * from events where name in (select name from evnts)", "no table `evnts`"),
    ("with x as (select 1 as n) select * from y", "no table `y`"),
    ("select * from headrace.events", "no database `headrace`: the lake's is `headrace_local`"),
    ("select * from other.headrace_local.events", "no catalog `other`"),
    ("select * from information_schema.tables", "no information_schema: ask `headrace query 'show tables'`"),
]  # fmt: skip
KNOWN = [
    "select name, count(*) as n from events group by name order by n",
    "select upper(name) as n from events order by lower(n)",
    "select E.Name from EVENTS e",
    "select t.* from events t order by t.name",
    "with x as (select name as n from events) select n from x union all select name from events order by n",
    "with x(a, b) as (select name, dt from events) select a, b from x",
    "with recursive x(n) as (select 1 union all select n + 1 from x where n < 3) select n from x",
    "with x as (select * from events), y as (select name, dt from x) select y.name from y join x using (dt)",
    "select name from events e where exists (select 1 from rejected r where r.name = e.name and user_id = e.dt)",
    "select n from (values (1, 'a')) as t(n, s)",
    "select n from (select 1 as n union all select 2) order by n",
    "with x as (select 1 as n union select 2 except select 3) select n from x",
    "select key, n from events cross join unnest(map_keys(properties)) with ordinality as t(key, n)",
    "select transform(map_keys(properties), k -> upper(k)) from events",
    "select filter(array[row(1, 'a')], r -> r[1] > 0)",
    "select r.code from (select cast(row('a') as row(code varchar)) as r)",
    "select events.name, dt from headrace_local.events",
    "select name from awsdatacatalog.headrace_local.events",
    "select sum(c) over (order by name) from (select name, count(*) as c from events group by 1)",
    "select events.name from events join rejected on events.event_id = rejected.event_id",
    "select a.name from events a cross join lateral (select a.dt as d) b",
]


@pytest.mark.parametrize(("sql", "said"), UNKNOWN)
def test_a_name_that_means_nothing_is_said_with_what_there_is(sql: str, said: str) -> None:
    with pytest.raises(NotAQuery, match=said):
        for_the_laptop(sql, views(), DATABASE)


@pytest.mark.parametrize("sql", KNOWN)
def test_a_name_that_the_query_or_the_lake_has_is_taken(sql: str) -> None:
    assert for_the_laptop(sql, views(), DATABASE)


def test_tables_and_columns_are_listed(lake: FakeLake) -> None:
    lake.add(archived("e1"), dt="2026-11-21")
    tables = [row["tab_name"] for row in lake.ask("show tables;")]
    assert tables == ["events", "events_raw", "rejected", "rejected_raw"]
    assert lake.ask("SHOW COLUMNS FROM headrace_local.rejected")[0] == {"field": "rejected_id"}
    described = lake.ask("describe events")
    assert described[0] == {"col_name": "event_id", "data_type": "string"}
    assert [row["col_name"] for row in described] == list(lake.ask("select * from events")[0])


@pytest.mark.parametrize(
    "sql", ["show partitions events", "explain select 1", "describe nothing", "show schemas"]
)
def test_another_list_is_refused_with_the_tables(sql: str) -> None:
    with pytest.raises(NotAQuery, match="events_raw, events, rejected_raw, rejected"):
        for_the_laptop(sql, views())
