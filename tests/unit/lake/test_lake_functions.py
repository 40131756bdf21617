"""Functions of Athena on the laptop: they answer the same, or are missing and named as missing on the page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from cli.checkout import ROOT
from cli.lake import functions
from cli.lake.statements import NotAQuery
from tests.fakes.archived import archived
from tests.fakes.lake import FakeLake

LATE, EARLY = "timestamp '2026-01-01 23:00:00'", "timestamp '2026-01-02 01:00:00'"
URL = "'https://ann:pw@shop.example:8080/a/b?q=1&name=two%20words#top'"

SAME: list[tuple[str, Any]] = [
    (f"date_diff('day', {LATE}, {EARLY})", 0),
    (f"date_diff('day', {EARLY}, {LATE})", 0),
    (f"date_diff('hour', {LATE}, {EARLY})", 2),
    ("date_diff('day', date '2026-01-01', date '2026-01-03')", 2),
    ("date_add('day', 1, date '2026-01-01')", date(2026, 1, 2)),
    ("date_add('month', 1, date '2026-01-31')", date(2026, 2, 28)),
    ("date_add('hour', 1, occurred_at)", datetime(2026, 11, 21, 13)),  # noqa: DTZ001  # DuckDB's plain timestamp
    ("date '2026-01-01' + interval '1' day", date(2026, 1, 2)),
    ("date '2026-01-01' - interval '1' day", date(2025, 12, 31)),
    ("date_trunc('week', date '2026-01-01')", date(2025, 12, 29)),
    ("date_trunc('day', occurred_at)", datetime(2026, 11, 21)),  # noqa: DTZ001
    ("extract(dow from date '2026-01-04')", 7),
    ("day_of_week(date '2026-01-05')", 1),
    ("cast(occurred_at as varchar)", "2026-11-21 12:00:00.000"),
    ("to_iso8601(occurred_at)", "2026-11-21T12:00:00.000"),
    ("to_iso8601(date(occurred_at))", "2026-11-21"),
    ("with_timezone(occurred_at, 'Europe/Istanbul')", datetime(2026, 11, 21, 9, tzinfo=UTC)),
    ("at_timezone(occurred_at, 'Europe/Istanbul')", datetime(2026, 11, 21, 12, tzinfo=UTC)),
    ("regexp_replace('a1', '([0-9])', '<$1>')", "a<1>"),
    ("regexp_extract('a12', '[0-9]+')", "12"),
    ("regexp_extract('a12', '([a-z])([0-9]+)', 2)", "12"),
    ("regexp_extract('abc', 'x')", None),
    ("format('%s-%d', 'a', 1)", "a-1"),
    ("codepoint('A')", 65),
    ("to_base(255, 16)", "ff"),
    (f"url_extract_protocol({URL})", "https"),
    (f"url_extract_host({URL})", "shop.example"),
    (f"url_extract_path({URL})", "/a/b"),
    (f"url_extract_query({URL})", "q=1&name=two%20words"),
    (f"url_extract_fragment({URL})", "top"),
    (f"url_extract_parameter({URL}, 'name')", "two words"),
    (f"url_extract_parameter({URL}, 'none')", None),
    ("url_extract_host('no address')", None),
    ("cardinality(map(array['a'], array[1]))", 1),
    ("cardinality(properties)", 2),
    ("cardinality(array[1, 2])", 2),
    ("element_at(properties, 'none')", None),
    ("try(properties['none'])", None),
    ("properties['a']", "1"),
    ("any_match(array[1, 2], x -> x > 1)", True),
    ("any_match(array[1, 2], x -> x > 2)", False),
    ("all_match(array[1, 2], x -> x > 0)", True),
    ("all_match(array[1, 2], x -> x > 1)", False),
    ("none_match(array[1, 2], x -> x > 2)", True),
    ("arrays_overlap(array[1], array[1, 2])", True),
    ("slice(array[1, 2, 3], 2, 2)", [2, 3]),
    ("slice(array[1, 2, 3], -2, 2)", [2, 3]),
    ("reverse(array[1, 2])", [2, 1]),
    ("reverse('abc')", "cba"),
    ("cardinality(sequence(date '2026-11-01', date '2026-11-03'))", 3),
    ("infinity() > 1", True),
    ("is_nan(nan())", True),
    ("round(e(), 2)", 2.72),
    ("7 / 2", 3),
    ("-7 / 2", -3),
    ("9007199254740993 / 1", 9007199254740993),
    ("reduce(array[1, 2, 3], 0, (s, x) -> s + x, s -> s * 10)", 60),
    ("reduce(array[1, 2, 3], 0, (s, x) -> s + x, s -> s)", 6),
    ("reduce(array[1, 2], 0, (s, x) -> s + x, total -> if(total > 2, 'many', 'few'))", "many"),
    ("cast(2.5e0 as integer)", 3),
    ("cast(-2.5e0 as bigint)", -3),
    ("cast(' 2026-11-01 10:00:00.5 ' as timestamp)", datetime(2026, 11, 1, 10, 0, 0, 500_000)),  # noqa: DTZ001
    ("cast('2026-11-01' as timestamp)", datetime(2026, 11, 1)),  # noqa: DTZ001
    ("cast(dt as date)", date(2026, 11, 21)),
    ("try_cast('2026-11-01T10:00:00Z' as timestamp)", None),
    ("try(cast('12.7' as integer))", None),
    ("cast(' 1.5e2' as double)", 150.0),
    ("cast('T' as boolean)", True),
    ("cast(null as integer)", None),
    ("decimal '12345678901234567890.12'", Decimal("12345678901234567890.12")),
    ("current_timezone()", "UTC"),
    ("format('%s has %5.2f%%', 1, 2.5e0)", "1 has  2.50%"),
    ("row('a', 2)[1]", "a"),
    ("row('a', 2)[2]", 2),
    ("min_by(row(name, ordinal), occurred_at)[1]", "Add To Cart"),
    ("map(array[1, 2], array['a', 'b'])[2]", "b"),
    ("(select m[2] from (select map(array[1, 2], array['a', 'b']) as m))", "b"),
    ("array['a', 'b'][ordinal + 1]", "a"),
    ("split('a b', ' ')[2]", "b"),
    ("element_at(array['a', 'b'], -1)", "b"),
    ("(select map_agg(k, v) from (values ('a', 1), ('b', 3), ('a', 2)) as t(k, v))", {"a": 1, "b": 3}),
    ("(select max(field) from unnest(array[row('x', 'sku'), row('y', 'qty')]) as t(code, field))", "sku"),
    ("(select count(*) from unnest(array[row(1, 2), row(3, 4)], array[5]) as t(a, b, c))", 2),
    ("(select map_agg(k, v) from (values ('a', 1), ('b', 2)) as t(k, v))", {"a": 1, "b": 2}),
    ("(select every(x > 0) from (values 1, 2) as t(x))", True),
    ("(select max(v) from unnest(map(array['a', 'b'], array[1, 2])) as t(k, v))", 2),
    ("(select count(*) from unnest(array[1, 2], array[3]) as t(x, y))", 2),
    ("(select count(y) from unnest(array[1, 2], array[3]) as t(x, y))", 1),
    ("(select max(n) from unnest(array['a', 'b']) with ordinality as t(x, n))", 2),
]

MISSING = {
    "approx_most_frequent": "approx_most_frequent(1, name, 10)",
    "approx_percentile": "approx_percentile(ordinal, array[0.5])",
    "approx_set": "approx_set(name)",
    "bit_count": "bit_count(3, 64)",
    "checksum": "checksum(name)",
    "combinations": "combinations(array[1, 2], 2)",
    "crc32": "crc32(to_utf8('a'))",
    "entropy": "entropy(ordinal)",
    "format_number": "format_number(1234.5)",
    "hamming_distance": "hamming_distance('a', 'b')",
    "to_milliseconds": "to_milliseconds(interval '1' day)",
    "zip_with": "zip_with(array[1], array[2], (a, b) -> a + b)",
    "format_datetime": "format_datetime(occurred_at, 'yyyy-MM-dd')",
    "from_base": "from_base('ff', 16)",
    "from_unixtime_nanos": "from_unixtime_nanos(10000000000)",
    "human_readable_seconds": "human_readable_seconds(96)",
    "is_json_scalar": "is_json_scalar('1')",
    "json_array_contains": "json_array_contains('[1]', 1)",
    "json_array_get": "json_array_get('[1]', 0)",
    "json_exists": "json_exists('{}', 'lax $.a')",
    "json_query": "json_query('{}', 'lax $.a')",
    "json_size": "json_size('{}', '$')",
    "json_value": "json_value('{}', 'lax $.a')",
    "map_filter": "map_filter(properties, (k, v) -> k = 'a')",
    "map_union": "map_union(properties)",
    "map_zip_with": "map_zip_with(properties, properties, (k, x, y) -> x)",
    "multimap_agg": "multimap_agg(name, ordinal)",
    "ngrams": "ngrams(array['a', 'b'], 2)",
    "normalize": "normalize('a')",
    "numeric_histogram": "numeric_histogram(2, revenue)",
    "parse_datetime": "parse_datetime('2026-01-01', 'yyyy-MM-dd')",
    "parse_duration": "parse_duration('1d')",
    "random": "random(1, 2)",
    "reduce_agg": "reduce_agg(ordinal, 0, (a, b) -> a + b, (a, b) -> a + b)",
    "repeat": "repeat('a', 2)",
    "shuffle": "shuffle(array[1])",
    "soundex": "soundex('Miller')",
    "split_to_map": "split_to_map('a=1', ',', '=')",
    "transform_keys": "transform_keys(properties, (k, v) -> k)",
    "transform_values": "transform_values(properties, (k, v) -> v)",
    "trim_array": "trim_array(array[1, 2], 1)",
    "typeof": "typeof(name)",
    "width_bucket": "width_bucket(5, 0, 10, 5)",
    "xxhash64": "xxhash64(to_utf8('a'))",
    "zip": "zip(array[1], array['a'])",
}
"""What fails on the laptop, though Athena has it."""

PAGE = (ROOT / "docs" / "lake.md").read_text()


@pytest.fixture
def one(lake: FakeLake) -> FakeLake:
    lake.add(archived("e1", properties={"a": "1", "b": "x"}), dt="2026-11-21")
    return lake


@pytest.mark.parametrize(("expression", "answer"), SAME)
def test_a_function_answers_as_in_athena(one: FakeLake, expression: str, answer: Any) -> None:
    [row] = one.ask(f"select {expression} as x from events")
    assert row["x"] == answer
    assert type(row["x"]) is type(answer)


@pytest.mark.parametrize("name", MISSING)
def test_a_function_that_is_missing_fails(one: FakeLake, name: str) -> None:
    with pytest.raises((NotAQuery, duckdb.Error)):
        one.ask(f"select {MISSING[name]} as x from events")


@pytest.mark.parametrize(
    "sql",
    [
        "select * from events match_recognize (partition by person order by occurred_at measures a.name as n"
        " pattern (a b) define b as b.name = 'x')",
        'select "$path" from events_raw',
        "values (1, 2)",
        "select approx_percentile(revenue, 0.5, 0.01) from events; select 1",
    ],
)
def test_what_else_the_page_names_as_missing_fails(one: FakeLake, sql: str) -> None:
    with pytest.raises((NotAQuery, duckdb.Error)):
        one.ask(sql)


def test_a_key_that_a_map_has_not_fails_as_in_athena(one: FakeLake) -> None:
    with pytest.raises(duckdb.Error, match="Key not present in map: none"):
        one.ask("select properties['none'] from events")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("cast('2026-11-01T10:00:00Z' as timestamp)", "cannot be cast to timestamp.*from_iso8601_timestamp"),
        ("cast(element_at(properties, 'b') as timestamp)", "cannot be cast to timestamp: x"),
        ("cast('2026-11-01 10:00:00' as date)", "cannot be cast to date"),
        ("cast('12.7' as integer)", "cannot be cast to integer: 12.7"),
        ("cast('1_000' as bigint)", "cannot be cast to bigint"),
        ("cast('inf' as double)", "cannot be cast to double"),
        ("cast('yes' as boolean)", "cannot be cast to boolean"),
    ],
)
def test_text_that_athena_does_not_cast_fails(one: FakeLake, expression: str, said: str) -> None:
    with pytest.raises(duckdb.Error, match=said):
        one.ask(f"select {expression} as x from events")


@pytest.mark.parametrize(
    "expression",
    [
        "reduce(array[1], 0, (s, x) -> s + x, s -> any_match(array[1], x -> x > s))",
        "map_agg(name, ordinal) filter (where ordinal > 0)",
    ],
)
def test_what_cannot_be_translated_is_refused_and_not_left_out(one: FakeLake, expression: str) -> None:
    with pytest.raises(NotAQuery, match="on the laptop"):
        one.ask(f"select {expression} as x from events")


def test_a_warning_of_sqlglots_is_a_refusal(one: FakeLake, monkeypatch: pytest.MonkeyPatch) -> None:
    """It warns of an argument that it leaves out."""
    monkeypatch.delitem(functions.BY_KIND, exp.Reduce)
    with pytest.raises(NotAQuery, match="'finish' is not supported"):
        one.ask("select reduce(array[1], 0, (s, x) -> s + x, s -> s) as x from events")


def test_the_page_names_what_is_missing() -> None:
    [listed] = re.findall(r"^Functions that are missing[^:]*: (.*?)\.$", PAGE, re.MULTILINE | re.DOTALL)
    assert re.findall(r"`(\w+)", listed) == sorted(MISSING)
    assert "`match_recognize`" in PAGE


@pytest.mark.parametrize(
    "sql",
    [
        "select k, v from events cross join unnest(properties) as t(k, v) order by k",
        "select t.k, t.v from events, unnest(properties) as t(k, v) order by 1",
        "select k, v from events cross join unnest(map_keys(properties), map_values(properties)) as t(k, v) order by 1",
    ],
)  # fmt: skip
def test_a_map_is_unnested_into_keys_and_values(one: FakeLake, sql: str) -> None:
    assert one.ask(sql) == [{"k": "a", "v": "1"}, {"k": "b", "v": "x"}]


@pytest.mark.parametrize(
    "expression", ["cast(dt as varchar)", "element_at(properties, 'a')", "1", "-ordinal"]
)
def test_an_expression_without_a_name_has_its_number_for_one(one: FakeLake, expression: str) -> None:
    [row] = one.ask(f"select {expression} from events")
    assert list(row) == ["_col0"]
