"""`headrace query`: what it prints where."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from typer.testing import Result

from cli.problem import Problem
from shared.failures import Unavailable
from shared.ports.queries import QueryFailed, QueryResult
from tests.unit.cli.query.answered import NOTHING, FakeQueries, typed


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
