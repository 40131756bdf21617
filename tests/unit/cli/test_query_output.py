"""An answer on a terminal, in a pipe, as CSV and as JSON: nothing cut, nothing that moves the cursor."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli.lake import query_output
from shared.ports.queries import QueryResult

LONG = "x" * 500
AT = datetime(2026, 11, 21, 18, 10, 0, 123_000, UTC)
VALUES = [
    ("text", "text", "text"),
    ("", "", ""),
    (42, "42", 42),
    (2**70, str(2**70), 2**70),
    (0.5, "0.5", 0.5),
    (float("nan"), "nan", None),
    (float("inf"), "inf", None),
    (Decimal("9.50"), "9.50", 9.5),
    (True, "true", True),
    (AT, "2026-11-21T18:10:00.123Z", "2026-11-21T18:10:00.123Z"),
    (date(2026, 11, 21), "2026-11-21", "2026-11-21"),
    ({"a": ["1", None]}, '{"a":["1",null]}', {"a": ["1", None]}),
    ([1, [True]], "[1,[true]]", [1, [True]]),
    ({}, "{}", {}),
]


def answer(*rows: tuple[object, ...], columns: tuple[str, ...] = ("name", "value")) -> QueryResult:
    return QueryResult(columns, list(rows), 0)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is shown on a terminal so wide."""

    def show(result: QueryResult, width: int) -> list[str]:
        out = io.StringIO()

        def console(**options: Any) -> Console:
            where = io.StringIO() if options.get("stderr") else out
            return Console(file=where, force_terminal=True, width=width, color_system=None)

        monkeypatch.setattr(query_output, "Console", console)
        query_output.show(result)
        return [line.rstrip() for line in out.getvalue().splitlines()]

    return show


def tab_separated(result: QueryResult) -> str:
    out = io.StringIO()
    query_output.write_tab_separated(result, out)
    return out.getvalue()


def as_csv(result: QueryResult) -> str:
    out = io.StringIO(newline="")
    query_output.write_csv(result, out)
    return out.getvalue()


@pytest.mark.parametrize(("value", "cell", "in_json"), VALUES, ids=repr)
def test_a_value_is_the_same_in_every_form(value: object, cell: str, in_json: object) -> None:
    result = answer(("n", value))
    assert tab_separated(result) == f"name\tvalue\nn\t{cell}\n"
    assert list(csv.reader(io.StringIO(as_csv(result)))) == [["name", "value"], ["n", cell]]
    assert json.loads(query_output.as_json(result)) == [{"name": "n", "value": in_json}]


def test_null_is_not_the_empty_text_but_in_csv() -> None:
    result = answer((None, ""))
    assert tab_separated(result) == "name\tvalue\n\\N\t\n"
    assert as_csv(result) == "name,value\r\n,\r\n"
    assert json.loads(query_output.as_json(result)) == [{"name": None, "value": ""}]


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_text_comes_out_of_lines_and_csv_as_it_was(rows: list[tuple[str, str]]) -> None:
    result = answer(*rows)
    [_, *lines] = tab_separated(result).removesuffix("\n").split("\n")
    back = {r"\\": "\\", r"\t": "\t", r"\n": "\n", r"\r": "\r"}

    def read(cell: str) -> str:
        out, n = "", 0
        while n < len(cell):
            escaped = cell[n] == "\\"
            out += back[cell[n : n + 2]] if escaped else cell[n]
            n += 2 if escaped else 1
        return out

    assert [tuple(map(read, line.split("\t"))) for line in lines] == rows
    [_, *read_rows] = csv.reader(io.StringIO(as_csv(result), newline=""))
    assert [tuple(row) for row in read_rows] == rows


@pytest.mark.parametrize(("width", "is_table"), [(12, False), (13, True), (14, True)])
def test_a_table_that_does_not_fit_becomes_records(shown: Any, width: int, is_table: bool) -> None:
    lines = shown(answer(("Login", "abcdef"), ("Share", 1)), width)  # five characters, two between, six
    table = ["name   value", "Login  abcdef", "Share  1"]
    records = [
        *("-[ record 1 ]", "name  | Login", "value | abcdef"),
        *("-[ record 2 ]", "name  | Share", "value | 1"),
    ]
    assert lines == (table if is_table else records)


def test_nothing_is_cut_however_narrow_the_terminal_is(shown: Any) -> None:
    assert f"value | {LONG}" in shown(answer(("n", LONG)), 20)


def test_numbers_stand_to_the_right(shown: Any) -> None:
    assert shown(answer(("a", 5), ("b", 1500), ("c", None)), 80)[1:] == [
        "a         5",
        "b      1500",
        r"c        \N",
    ]


def test_a_value_of_several_lines_is_shown_as_a_record(shown: Any) -> None:
    assert shown(answer(("n", "one\ntwo")), 80) == [
        "-[ record 1 ]",
        "name  | n",
        "value | one",
        "      | two",
    ]


@pytest.mark.parametrize("width", [80, 10])
def test_what_a_client_sent_moves_no_cursor_and_is_no_markup(shown: Any, width: int) -> None:
    text = "\n".join(shown(answer(("n", "[red]\x1b[2J\x9b\r")), width))
    assert "[red]\\x1b[2J\\x9b\\x0d" in text


def test_no_rows_show_the_names(shown: Any) -> None:
    assert shown(answer(), 80) == ["name  value"]


def test_columns_of_one_name_all_come_out_as_json() -> None:
    result = answer((1, 2, 3, 4), columns=("x", "x", "x_2", "x"))
    assert json.loads(query_output.as_json(result)) == [{"x": 1, "x_3": 2, "x_2": 3, "x_4": 4}]
    assert as_csv(result).startswith("x,x,x_2,x\r\n")


def test_null_is_not_the_empty_text_on_a_terminal(shown: Any) -> None:
    assert shown(answer(("", "a"), (None, "b")), 80) == ["name  value", "      a", r"\N    b"]


@pytest.mark.parametrize("width", [80, 10])
def test_what_turns_a_line_around_is_written_out(shown: Any, width: int) -> None:
    text = "\n".join(shown(answer(("n", "cod.\u202eexe\u2067\u200f and 👩\u200d🚀")), width))
    assert r"cod.\u202eexe\u2067\u200f" in text
    assert "👩\u200d🚀" in text
