"""`headrace query`: what it asks, and what it prints where."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner, Result

from cli.commands import query
from cli.problem import Problem
from cli.stacks import Stack
from shared.failures import Unavailable
from shared.ports.queries import QueryFailed, QueryResult

NOTHING = QueryResult(("name", "c"), [], 0)


class FakeQueries:
    """Answers every query with `answer`, or raises it; asked for types, with those of `answer` and no rows."""

    answer: QueryResult | Exception = NOTHING
    asked: str = ""
    all_asked: ClassVar[list[str]] = []

    def __init__(self, *, database: str, workgroup: str) -> None:
        assert (database, workgroup) == ("headrace_db", "headrace-wg")

    def run(self, sql: str) -> QueryResult:
        FakeQueries.asked = sql
        FakeQueries.all_asked.append(sql)
        if isinstance(FakeQueries.answer, Exception):
            raise FakeQueries.answer
        columns, rows, scanned, types = FakeQueries.answer
        types = types or ("varchar",) * len(columns)
        return QueryResult(columns, [] if sql.lower().endswith("limit 0") else rows, scanned, types)


@pytest.fixture(autouse=True)
def queries(monkeypatch: pytest.MonkeyPatch) -> type[FakeQueries]:
    def load(stage: str | None = None) -> Stack:
        outputs = {"GlueDatabase": "headrace_db", "AthenaWorkgroup": "headrace-wg"}
        return Stack(stage or "local", "http://127.0.0.1:8080", outputs)

    monkeypatch.setattr(Stack, "load", load)
    monkeypatch.setattr(query, "AthenaQueries", FakeQueries)
    FakeQueries.answer, FakeQueries.asked = NOTHING, ""
    FakeQueries.all_asked.clear()
    return FakeQueries


@pytest.fixture
def run() -> Callable[..., Result]:
    return lambda *arguments: CliRunner().invoke(query.app, list(arguments), catch_exceptions=True)


def test_json_is_a_list_of_objects_and_nothing_else(
    run: Callable[..., Result], queries: type[FakeQueries]
) -> None:
    at = datetime(2026, 11, 21, 18, 10, 0, 123_000, UTC)
    queries.answer = QueryResult(
        ("name", "c", "share", "paid", "whole", "at", "on", "none"),
        [("Login", 42, 0.5, Decimal("9.50"), Decimal(7), at, date(2026, 11, 21), None)],
        0,
    )

    result = run("select 1", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {
            "name": "Login",
            "c": 42,
            "share": 0.5,
            "paid": 9.5,
            "whole": 7,
            "at": "2026-11-21T18:10:00.123Z",
            "on": "2026-11-21",
            "none": None,
        }
    ]


def test_no_rows_are_an_empty_list_and_a_success(run: Callable[..., Result]) -> None:
    result = run("select name from events", "--json")

    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_beside_json_only_the_number_of_rows_goes_to_standard_error(
    run: Callable[..., Result], queries: type[FakeQueries]
) -> None:
    queries.answer = QueryResult(("name", "c"), [("Log[in]", 42), (None, 1)], 0)

    result = run("select name, count(*) c from events group by 1")

    assert result.exit_code == 0
    assert result.stdout == "name\tc\nLog[in]\t42\n\\N\t1\n"
    assert "2 rows" in result.stderr


def test_csv_has_a_header_and_nothing_else(run: Callable[..., Result], queries: type[FakeQueries]) -> None:
    queries.answer = QueryResult(("name", "c"), [('a "b", c', 42), (None, 1)], 0)

    result = run("select name, count(*) c from events group by 1", "--csv")

    assert result.exit_code == 0
    assert result.stdout_bytes == b'name,c\r\n"a ""b"", c",42\r\n,1\r\n'


def test_maps_lists_and_rows_are_asked_for_as_json(
    run: Callable[..., Result], queries: type[FakeQueries]
) -> None:
    row = ("Login", '{"a":"1, b=2","n":null}')
    queries.answer = QueryResult(("name", "properties"), [row], 0, ("varchar", "map"))

    result = run("select name, properties from events", "--json", "--stage", "dev")

    types, rows = queries.all_asked
    assert types == "select name, properties from events\nlimit 0"
    assert "json_format(cast(c1 as json))" in rows
    assert json.loads(result.stdout) == [{"name": "Login", "properties": {"a": "1, b=2", "n": None}}]


def test_what_has_no_form_in_json_stays_text(
    run: Callable[..., Result], queries: type[FakeQueries], monkeypatch: pytest.MonkeyPatch
) -> None:
    queries.answer = QueryResult(("them",), [("[00 ff]",)], 0, ("array",))
    answered = queries.run

    def refusing(self: FakeQueries, sql: str) -> QueryResult:
        if "json_format" in sql:
            raise QueryFailed("TYPE_MISMATCH: line 1:20: Cannot cast array(varbinary) to json")
        return answered(self, sql)

    monkeypatch.setattr(queries, "run", refusing)

    result = run("select array[to_utf8('x')] as them", "--json", "--stage", "dev")

    assert json.loads(result.stdout) == [{"them": "[00 ff]"}]


@pytest.mark.parametrize(
    "sql",
    [
        "select name, count(*) as c from events group by name order by c desc",
        "select event_id, occurred_at, revenue, dt from events",
        "select cast(element_at(properties, 'amount') as double) as amount from events",
    ],
)
def test_a_query_that_cannot_answer_with_structures_is_asked_at_once(
    run: Callable[..., Result], queries: type[FakeQueries], sql: str
) -> None:
    run(sql, "--json", "--stage", "dev")

    assert queries.all_asked == [sql]


def test_json_and_csv_at_once_are_refused(run: Callable[..., Result], queries: type[FakeQueries]) -> None:
    result = run("select 1", "--json", "--csv")

    assert isinstance(result.exception, Problem)
    assert queries.all_asked == []


def test_on_aws_the_query_is_sent_as_it_was_typed(
    run: Callable[..., Result], queries: type[FakeQueries]
) -> None:
    run("select date_format(occurred_at, '%Y') from events;", "--stage", "dev", "--json")

    assert queries.asked == "select date_format(occurred_at, '%Y') from events"


def test_on_the_laptop_it_is_translated_and_the_view_expanded(
    run: Callable[..., Result], queries: type[FakeQueries]
) -> None:
    run("select date_format(occurred_at, '%Y') from events", "--json")

    assert "STRFTIME" in queries.asked
    assert "ROW_NUMBER()" in queries.asked


def test_a_named_query_is_filled_with_the_options(
    run: Callable[..., Result], queries: type[FakeQueries]
) -> None:
    result = run(
        *("--named", "trend_by_day", "--event", "Add To Cart", "--since", "2026-11-01", "--stage", "prod"),
        *("--until", "2026-11-21T12:00:00+03:00", "--json"),
    )

    assert result.exit_code == 0
    asked = queries.all_asked[0]
    assert "'Add To Cart' in ('', name)" in asked
    assert "occurred_at >= cast('2026-11-01 00:00:00.000' as timestamp)" in asked
    assert "occurred_at < cast('2026-11-21 09:00:00.000' as timestamp)" in asked


def test_the_list_names_every_query_and_what_it_needs(run: Callable[..., Result]) -> None:
    listed = {entry["name"]: entry for entry in json.loads(run("--list", "--json").stdout)}

    assert set(listed) >= {
        "event_counts",
        "trend_by_day",
        "trend_by_hour",
        "unique_people",
        "top_property_values",
    }
    assert listed["trend_by_day"]["parameters"] == ["event", "since", "until"]
    assert "top_property_values" in run("--list").stdout


@pytest.mark.parametrize(
    ("arguments", "failure", "said"),
    [
        ([], None, "Give a query"),
        (["select 1", "--named", "trend_by_day"], None, "Give a query"),
        (["--named", "nope"], None, "no query named nope"),
        (["--named", "top_property_values"], None, "needs --property"),
        (["--named", "trend_by_day", "--since", "long ago"], None, "is not a time"),
        (["drop table events"], None, "only reads: a query begins with SELECT or WITH, not with `drop`"),
        (["drop table events", "--stage", "prod"], None, "only reads"),
        (["  /* all */ -- of them\nDelete from events", "--stage", "prod"], None, "not with `Delete`"),
        (["unload (select 1) to 's3://b'", "--stage", "prod"], None, "only reads"),
        (["-"], None, "nothing to ask"),
        (["--file", "/nowhere/q.sql"], None, "/nowhere/q.sql: No such file"),
        (["select 1", "--file", "q.sql"], None, "Give a query"),
        (["select 1"], QueryFailed("Type DOUBLE with value inf can't be cast because"), "Division by zero"),
        (
            ["select 1"],
            QueryFailed(
                'Catalog Error: Scalar Function with name map_filter does not exist!\nDid you mean "map"?'
            ),
            "failed: on the laptop there is no function `map_filter`",
        ),
        (["select count(* from events"], None, "line 1, column 19"),
        (
            ["select name from events"],
            QueryFailed("Binder Error: no such thing\n\nLINE 1: WITH"),
            "no such thing",
        ),
        (["select 1"], Unavailable("connection refused"), "connection refused"),
    ],
)
def test_a_problem_is_said_on_stderr_and_fails(
    run: Callable[..., Result],
    queries: type[FakeQueries],
    arguments: list[str],
    failure: Exception | None,
    said: str,
) -> None:
    queries.answer = failure or NOTHING

    result = run(*arguments, "--json")

    assert isinstance(result.exception, Problem)
    assert said in str(result.exception)
    assert "LINE" not in str(result.exception)
    assert result.stdout == ""


CHANGES_IN_DISGUISE = [
    "explain analyze insert into events_raw select * from events_raw",
    "EXPLAIN ANALYZE\nDelete from t",
    "explain analyze verbose update t set a = 1",
    "explain /* of */ analyze (format text) -- it\n create table z as select 1",
    "explain (type distributed, format json) drop table t",
    "explain explain analyze delete from t",
    "explain",
    # no tokens of Athena's for sqlglot
    "insert into events_raw select X'65 68' as a",
    "create table z as select X'65 68'",
    "drop table `x",
    "unload (select X'65 68' as a) to 's3://b/p'",
    "explain analyze insert into events_raw select X'65 68'",
    # a comment ends with a carriage return
    "-- of them\rinsert into events_raw select 1 -- \n select 1",
]
READS = [
    "explain select 1",
    "explain analyze verbose with x as (select 1 as n) select n from x",
    "explain (format json) select 1",
    "explain (select 1)",
    "explain analyze values 1",
    "select X'65 68' as a",
    "-- of them\rselect 1",
]


@pytest.mark.parametrize("sql", CHANGES_IN_DISGUISE)
def test_no_statement_that_changes_something_comes_to_athena(queries: type[FakeQueries], sql: str) -> None:
    result = typed(sql, "--stage", "prod")

    assert isinstance(result.exception, Problem)
    assert "only reads" in str(result.exception)
    assert queries.all_asked == []


@pytest.mark.parametrize("sql", READS)
def test_what_reads_comes_to_athena_as_it_was_typed(queries: type[FakeQueries], sql: str) -> None:
    typed(sql, "--stage", "prod")

    assert sql in queries.all_asked


def typed(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(query.app, [*arguments], input=text, catch_exceptions=True)


@pytest.mark.parametrize("beginning", ["-- how many\n", "--how many\n", "/* how\nmany */ ", "\n\n"])
def test_a_query_may_begin_with_a_comment(queries: type[FakeQueries], beginning: str) -> None:
    result = typed(f"{beginning}select 1 as x", "--stage", "dev", "--json")

    assert result.exit_code == 0, result.stderr
    assert queries.asked == f"{beginning}select 1 as x".strip()


@pytest.mark.parametrize("option", ["--evnt", "--event-name=x y"])
def test_an_option_that_is_mistyped_is_no_query(option: str) -> None:
    result = typed(option, "Login")

    assert result.exit_code == 2
    assert "No such option" in result.stderr


def test_a_query_is_read_from_a_file_or_standard_input(queries: type[FakeQueries], tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_bytes(b"\xef\xbb\xbf-- of them\r\nselect 1 as x;\n-- done\n")

    for arguments, text in (
        (["--file", str(file)], None),
        (["-"], file.read_bytes()),
        (["-f", "-"], file.read_bytes()),
    ):
        queries.asked = ""
        result = typed(*arguments, "--stage", "dev", "--json", text=text)

        assert result.exit_code == 0, result.exception
        assert queries.asked == "-- of them\r\nselect 1 as x"


def test_a_file_that_is_no_text_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_bytes(b"\xff\xfeselect")

    assert "is not UTF-8 text" in str(typed("--file", str(tmp_path / "q.sql")).exception)


def test_what_lists_tables_and_columns_is_asked_as_it_is(queries: type[FakeQueries]) -> None:
    for asked in ("show tables", "describe events", "SHOW COLUMNS FROM events"):
        queries.all_asked.clear()
        typed(asked, "--stage", "dev", "--json")
        assert queries.all_asked == [asked]


def test_an_event_in_other_capitals_gets_a_hint(
    queries: type[FakeQueries], monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[tuple[object, ...]] = [("Complete Purchase",), ("Login",)]

    def run(self: FakeQueries, sql: str) -> QueryResult:
        queries.all_asked.append(sql)
        return QueryResult(("name",), came if "select distinct name" in sql else [], 0, ("varchar",))

    monkeypatch.setattr(queries, "run", run)
    asked = ("--named", "event_counts", "--stage", "dev", "--json")
    trend = ("--named", "trend_by_day", "--stage", "dev", "--json", "--event")

    hinted = typed(*trend, "complete purchase")
    assert hinted.stdout == "[]\n"
    assert "did you mean “Complete Purchase”?" in hinted.stderr
    assert "was received, but not in that time" in typed(*trend, "Login").stderr
    assert "No event named “Zzz” came in that time\n" in typed(*trend, "Zzz").stderr
    queries.all_asked.clear()
    typed(*asked)
    assert not any("select distinct name" in sql for sql in queries.all_asked)
