"""`headrace query`: what it asks, on AWS and on the laptop, and from where it reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.unit.cli.query.answered import FakeQueries, typed


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
