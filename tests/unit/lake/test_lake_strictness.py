"""What Athena would refuse is refused on the laptop too, with a word on what to write; what it takes, is taken."""

from __future__ import annotations

import pytest

from cli.lake_dialect import NotAQuery, for_the_laptop
from cli.lake_queries import views

REFUSED = [
    (
        "select * from events where occurred_at >= '2026-01-01'",
        "a time with text.*write timestamp '2026-01-01'",
    ),
    ("select * from events where '2026-01-01' < occurred_at", "write timestamp '2026-01-01'"),
    (
        "select * from events where occurred_at between '2026-01-01' and '2026-02-01'",
        "write timestamp '2026-01-01'",
    ),
    ("select * from events where date(occurred_at) = '2026-01-01'", "write date '2026-01-01'"),
    ("select * from events_raw where date(occurred_at) in ('2026-01-01')", "write date '2026-01-01'"),
    (
        "with mine as (select occurred_at as at from events) select * from mine where at > '2026'",
        "timestamp '2026'",
    ),
    ("select * from events where dt >= current_date", "text with a time.*cast one of them"),
    ("select * from events where revenue > '5'", "a number with text"),
    ("select * from events where user_id = 5", "text with a number, as in `user_id = 5`"),
    ("select * from events where element_at(properties, 'amount') > 5", "text with a number"),
    ("select * from events where properties['amount'] > 5", "text with a number"),
    ("select * from events where (revenue > 5) = 'true'", "a boolean with text"),
    ("select '5' + 1", "calculate with text"),
    ("select name || 5 from events", "joins text with text only"),
    ("select count(*) as c from events having c > 1", "does not know `c` in HAVING"),
    ("select name as n, count(*) as c from events group by n", "`n` in GROUP BY.*or its number"),
    ("select upper(name) as n from events where n = 'X'", "does not know `n` in WHERE"),
    ("select revenue::integer from events", "no `::`"),
    ("select * from events where name ilike 'x%'", "no ILIKE"),
    ("select distinct on (name) name from events", "no DISTINCT ON"),
    ("select * exclude (name) from events", "all columns"),
    ("select * replace (1 as name) from events", "all columns"),
]
TAKEN = [
    "select * from events where occurred_at >= timestamp '2026-01-01'",
    "select * from events where occurred_at >= date '2026-01-01'",
    "select * from events where occurred_at >= cast('2026-01-01' as timestamp)",
    "select * from events where occurred_at >= current_timestamp - interval '7' day",
    "select * from events where from_iso8601_timestamp('2026-01-01T00:00:00Z') < occurred_at",
    "select * from events where date_format(occurred_at, '%Y') = '2026' and year(occurred_at) = 2026",
    "select * from events where dt >= cast(current_date - interval '1' day as varchar)",
    "select * from events where try_cast(element_at(properties, 'a') as double) > 5",
    "select * from events where coalesce(revenue, 0) > 1 and ordinal < 1.5",
    "select * from events where if(revenue > 1, 1, 0) = 1 and (case when revenue > 1 then 'a' else 'b' end) = 'a'",
    "select name as n, count(*) as c from events group by 1 having count(*) > 1 order by c, n",
    "select name as name, count(*) as c from events group by name",
    "select upper(name) as name from events where name = 'x'",
    "with x as (select name as n from events) select n from x where n = 'a' group by n",
    "select name || ' ' || cast(ordinal as varchar) from events",
    "select array[1] || array[2]",
    "select transform(array[1, 2], x -> x + 1) as x",
    "select 'a::b' as text",
    "select something(name) > 5 from events where of_mine = 'x'",
]


@pytest.mark.parametrize(("sql", "said"), REFUSED)
def test_what_athena_refuses_is_refused(sql: str, said: str) -> None:
    with pytest.raises(NotAQuery, match=said):
        for_the_laptop(sql, views())


@pytest.mark.parametrize("sql", TAKEN)
def test_what_athena_takes_is_taken(sql: str) -> None:
    assert for_the_laptop(sql, views())
