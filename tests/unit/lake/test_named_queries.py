"""The named queries, each run in DuckDB over rows of the lake and parsed as Athena's SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlglot

from cli.checkout import ROOT
from cli.lake.queries import literal, named_queries, views
from tests.fakes.archived import NOON, archived
from tests.fakes.lake import FakeLake

WEEK: dict[str, str | int] = {
    "since": "2026-11-15 00:00:00.000",
    "until": "2026-11-22 00:00:00.000",
    "event": "",
    "top": 10,
}


@pytest.fixture
def shop(lake: FakeLake) -> FakeLake:
    """Two people buy on two days, one of them twice in an hour; a visitor looks; last month is not asked for."""
    yesterday = NOON - timedelta(days=1)
    ada: dict[str, Any] = {"person": "user:ada", "user_id": "ada"}
    ben: dict[str, Any] = {"person": "user:ben", "user_id": "ben"}
    visitor: dict[str, Any] = {"person": "anonymous:v", "user_id": None, "anonymous_id": "v"}
    buys: dict[str, Any] = {"name": "Complete Purchase"}
    lake.add(archived("1", **ada, **buys, occurred_at=yesterday, properties={"sku": "mug"}), dt="2026-11-20")
    lake.add(archived("2", **ada, **buys, properties={"sku": "mug"}), dt="2026-11-21")
    lake.add(archived("2", **ada, **buys, properties={"sku": "mug"}), dt="2026-11-21")
    later = NOON + timedelta(minutes=59)
    lake.add(archived("3", **ada, **buys, occurred_at=later, properties={"sku": "tea"}), dt="2026-11-21")
    lake.add(archived("4", **ben, **buys, occurred_at=NOON + timedelta(hours=1)), dt="2026-11-21")
    lake.add(archived("5", **visitor, name="View Item", properties={"sku": "cup"}), dt="2026-11-21")
    lake.add(archived("6", **ben, **buys, occurred_at=NOON - timedelta(days=30)), dt="2026-10-22")
    return lake


def test_the_page_of_the_lake_lists_every_named_query() -> None:
    page = (ROOT / "docs" / "lake.md").read_text()
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]

    assert rows[: len(named_queries())] == sorted(named_queries())


def run(lake: FakeLake, name: str, **values: Any) -> list[dict[str, Any]]:
    return lake.ask(named_queries()[name].filled({**WEEK, **values}))


def test_event_counts(shop: FakeLake) -> None:
    assert run(shop, "event_counts") == [
        {"event": "Complete Purchase", "events": 4, "people": 2},
        {"event": "View Item", "events": 1, "people": 1},
    ]


def test_trend_by_day_of_one_event(shop: FakeLake) -> None:
    assert run(shop, "trend_by_day", event="Complete Purchase") == [
        {"day": "2026-11-20", "events": 1, "people": 1},
        {"day": "2026-11-21", "events": 3, "people": 2},
    ]


def test_trend_by_hour_of_all_events(shop: FakeLake) -> None:
    assert run(shop, "trend_by_hour", since="2026-11-21 00:00:00") == [
        {"hour": "2026-11-21 12:00", "events": 3, "people": 2},
        {"hour": "2026-11-21 13:00", "events": 1, "people": 1},
    ]


def test_unique_people(shop: FakeLake) -> None:
    assert run(shop, "unique_people") == [{"people": 3, "known_people": 2, "events": 5}]
    assert run(shop, "unique_people", event="View Item") == [{"people": 1, "known_people": 0, "events": 1}]


def test_top_property_values(shop: FakeLake) -> None:
    assert run(shop, "top_property_values", property="sku", top=2) == [
        {"value": "mug", "events": 2, "people": 1},
        {"value": "cup", "events": 1, "people": 1},
    ]


def test_what_happened_just_after_midnight_may_have_arrived_the_day_before(lake: FakeLake) -> None:
    """Up to a day of a client's clock that runs ahead is believed."""
    lake.add(archived("1", occurred_at=NOON + timedelta(hours=12)), dt="2026-11-21")

    assert len(run(lake, "event_counts", since="2026-11-22 00:00:00", until="2026-11-23 00:00:00")) == 1


def test_only_the_days_asked_for_are_read(lake: FakeLake) -> None:
    for day in (18, 19, 20, 21):
        lake.add(archived(str(day)), dt=f"2026-11-{day}")
    sql = named_queries()["event_counts"].filled({**WEEK, "since": "2026-11-20 00:00:00"})

    assert "(dt >= '2026-11-19') OR (strftime((strptime(dt" in lake.plan(sql)


def test_every_named_query_is_asked_here() -> None:
    untested = [
        name for name in named_queries() if not any(test.startswith(f"test_{name}") for test in globals())
    ]
    assert not untested, f"write a test of the rows of {untested}"


@pytest.mark.parametrize("name", named_queries())
def test_a_named_query_says_what_it_answers_and_names_each_parameter(name: str) -> None:
    query = named_queries()[name]

    assert query.answers
    assert "\n" not in query.answers
    assert len(query.parameters) == query.sql.partition("select")[2].count("?")
    assert set(query.parameters) <= {"since", "until", "event", "property", "top"}


def test_somebody_who_logs_in_is_one_of_the_different_people(lake: FakeLake) -> None:
    visitor: dict[str, Any] = {"person": "anonymous:v", "user_id": None, "anonymous_id": "v"}
    known: dict[str, Any] = {"person": "user:ada", "user_id": "ada"}
    lake.add(archived("1", **visitor, name="View Item"), dt="2026-11-21")
    lake.add(archived("2", **known, anonymous_id="v", name="identify"), dt="2026-11-21")
    lake.add(archived("3", **known, name="Complete Purchase"), dt="2026-11-21")

    assert run(lake, "unique_people") == [{"people": 1, "known_people": 1, "events": 3}]
    assert run(lake, "unique_people", event="View Item") == [{"people": 1, "known_people": 1, "events": 1}]


@pytest.mark.parametrize("sql", [*views().values(), *(query.sql for query in named_queries().values())])
def test_the_sql_is_athenas(sql: str) -> None:
    [parsed] = sqlglot.parse(sql, read="athena")
    assert isinstance(parsed, sqlglot.exp.Query)


def test_a_value_cannot_leave_its_quotes(lake: FakeLake) -> None:
    lake.add(archived("1", name="it's"), dt="2026-11-21")

    assert run(lake, "unique_people", event="it's")[0]["events"] == 1
    assert run(lake, "unique_people", event="x' or 'a' = 'a")[0]["events"] == 0


def test_a_value_with_a_question_mark_is_no_parameter(lake: FakeLake) -> None:
    lake.add(archived("1", name="ready?"), dt="2026-11-21")

    assert run(lake, "trend_by_day", event="ready?") == [{"day": "2026-11-21", "events": 1, "people": 1}]


def test_a_parameter_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="property"):
        named_queries()["top_property_values"].filled(WEEK)


def test_numbers_are_not_quoted() -> None:
    assert literal(10) == "10"
    assert literal("10") == "'10'"
