"""What Athena would refuse is refused on the laptop too, with a word on what to write; what it takes, is taken."""

from __future__ import annotations

import pytest

from cli.lake.dialect import for_the_laptop
from cli.lake.queries import views
from cli.lake.statements import NotAQuery

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
    ("select name from events limit 2 offset 3", "OFFSET before LIMIT"),
    ("select name from events limit 5, 5", "offset 5 limit 5"),
    ("select current_date - 7", "write interval '7' day"),
    ("select date(occurred_at) + 1 from events", "write interval '1' day"),
    ("select occurred_at - ordinal from events", "does not add a number to a time"),
    ("select now() - interval 7 day", "interval '7' day"),
    ("select now() - interval '7' days", "unit in the singular"),
    ("select now() - interval '7 days'", "unit in the singular"),
    ("select cast(properties as varchar) from events", "does not cast a map to text.*json_format"),
    ("select cast(array_agg(name) as varchar) from events", "does not cast an array to text"),
    ("select name from events order by properties", "does not order by a map"),
    ("select name from events where properties = '{}'", "a map with text"),
    ("select name, dt from events union all select 1, 2", "does not put a number under text"),
    ("select name from events union all select name, dt from events", "1 and 2 columns"),
    ("select name from events where revenue", "wants a condition there, not a number"),
    ("select name from events where name = 'x' and ordinal", "wants a condition there, not a number"),
    ("select if(name, 1, 2) from events", "wants a condition there, not text"),
    ("select date_diff('day', dt, current_date) from events", "wants a time there, not text.*date.dt."),
    ("select date_trunc('day', dt) from events", "wants a time there, not text"),
    ("select year(dt) from events", "wants a time there, not text"),
    ("select date_format('2026-01-01', '%Y')", "write date '2026-01-01'"),
    ("select date_diff('days', occurred_at, now()) from events", "no unit `days`"),
    ("select date_add('weeks', 1, occurred_at) from events", "no unit `weeks`"),
    ("select count(*) as 'my count' from events", 'as "my count"'),
    ("select name, count(*) from events group by all", "no GROUP BY ALL"),
    ("select name from events order by all", "no ORDER BY ALL"),
    ("from events select name", "SELECT before FROM"),
    ("select * from (from events)", "SELECT before FROM"),
    ("select name, from events", "comma too many before FROM"),
    ("select count(name,) from events", "comma too many"),
    ("select name from events where name == 'x'", "no `==`"),
    ("select $$x$$", r"no `\$\$`"),
    ("select `name` from events", "double quotes"),
    ("select {'a': 1}", "no `{`"),
    ("select [1, 2]", r"array\[1, 2\]"),
    ("select 7 // 2", "no `//`"),
    ("select name from events qualify row_number() over (order by dt) = 1", "no QUALIFY"),
    ("select cast(revenue as decimal) from events", r"decimal\(18, 2\)"),
    ("select name from events where count(", "a `\\)` is missing"),
    ("select name from events where", "something is missing in WHERE at line 1"),
    ("select name from", "the end at line 1"),
    ("select upper(name, 'a', 'b') from events", "3 arguments, and takes 1"),
    ("select r from unnest(array[row(1, 2)]) as t(r)", "1 name for 2 columns"),
    ("select k from events cross join unnest(properties) as t(k)", "1 name for 2 columns"),
    ("select a.name from events a join events a on true", "Alias already used: a"),
    ("select name from events group by 5", "Unknown output column: 5"),
    ("select a from unnest(array[1]) as t(a, b)", "2 names for 1 columns"),
    (
        "select json_extract_scalar(name, '$.a') as a from events where json_value(name, 'lax $.a') = 'x'",
        "json_value",
    ),
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
    "select 'a::b == $$ `x` // {' as text, 'select a, from' as \"my, text\"",
    "select name from events offset 3 limit 2",
    "select name from events fetch first 5 rows only",
    "select count(*) as limit_, extract(year from occurred_at) from events group by occurred_at",
    "select trim(both ' ' from name) from events",
    "select now() - interval '7' day, now() + interval -'1' hour, interval '1-6' year to month",
    "select current_date - interval '7' day, date_add('day', -7, current_date)",
    "select array[1][1], split(name, ' ')[1], properties['a'], (array[1])[1] from events",
    "select name from events where name in ('a') and not (revenue > 1 or ordinal is null)",
    "select case when revenue > 1 then 'a' end, case name when 'a' then 1 end, if(revenue > 1, 1) from events",
    "select date_diff('day', date(dt), current_date), date_diff('day', occurred_at, now()) from events",
    "select cast(1.5 as decimal(5, 1)), decimal '1.5', cast(revenue as integer) from events",
    "select name from events group by all name",
    "select date_trunc('day', date_parse(dt, '%Y-%m-%d')) from events",
    "select name, revenue from events union all select 'x', 1 union all select null, null",
    "select cast(cast(properties as json) as varchar), json_format(cast(map_keys(properties) as json)) from events",
    "select max(occurred_at) - min(occurred_at) from events",
    "select something(name) > 5 from events where something(name) = 'x'",
]


@pytest.mark.parametrize(("sql", "said"), REFUSED)
def test_what_athena_refuses_is_refused(sql: str, said: str) -> None:
    with pytest.raises(NotAQuery, match=said):
        for_the_laptop(sql, views())


@pytest.mark.parametrize("sql", TAKEN)
def test_what_athena_takes_is_taken(sql: str) -> None:
    assert for_the_laptop(sql, views())
