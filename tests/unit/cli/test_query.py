"""`headrace query`: what it asks, and what it prints where."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from typer.testing import CliRunner, Result

from cli.commands import query
from cli.problem import Problem
from cli.stacks import Stack
from shared.ports import QueryFailed, QueryResult, Unavailable

NOTHING = QueryResult(("name", "c"), [], 0)


class FakeQueries:
    """Answers every query with `answer`, or raises it."""

    answer: QueryResult | Exception = NOTHING
    asked: str = ""

    def __init__(self, *, database: str, workgroup: str) -> None:
        assert (database, workgroup) == ("headrace_db", "headrace-wg")

    def run(self, sql: str) -> QueryResult:
        FakeQueries.asked = sql
        if isinstance(FakeQueries.answer, Exception):
            raise FakeQueries.answer
        return FakeQueries.answer


@pytest.fixture(autouse=True)
def queries(monkeypatch: pytest.MonkeyPatch) -> type[FakeQueries]:
    def load(stage: str | None = None) -> Stack:
        outputs = {"GlueDatabase": "headrace_db", "AthenaWorkgroup": "headrace-wg"}
        return Stack(stage or "local", "http://127.0.0.1:8080", outputs)

    monkeypatch.setattr(Stack, "load", load)
    monkeypatch.setattr(query, "AthenaQueries", FakeQueries)
    FakeQueries.answer, FakeQueries.asked = NOTHING, ""
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


def test_a_table_shows_columns_rows_and_their_number(
    run: Callable[..., Result], queries: type[FakeQueries]
) -> None:
    queries.answer = QueryResult(("name", "c"), [("Log[in]", 42), (None, 1)], 0)

    result = run("select name, count(*) c from events group by 1")

    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [["name", "c"], ["Log[in]", "42"], ["1"]]
    assert "2 rows" in result.stderr


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
    assert "'Add To Cart' in ('', name)" in queries.asked
    assert "occurred_at >= cast('2026-11-01 00:00:00.000' as timestamp)" in queries.asked
    assert "occurred_at < cast('2026-11-21 09:00:00.000' as timestamp)" in queries.asked


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
        ([], None, "Say what to ask"),
        (["select 1", "--named", "trend_by_day"], None, "Say what to ask"),
        (["--named", "nope"], None, "no query named nope"),
        (["--named", "top_property_values"], None, "needs --property"),
        (["--named", "trend_by_day", "--since", "long ago"], None, "is no moment"),
        (["drop table events"], None, "one SELECT"),
        (["select count(* from events"], None, "line 1, column 19"),
        (
            ["select nope from events"],
            QueryFailed("Binder Error: nope\n\nLINE 1: WITH"),
            "Binder Error: nope",
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
