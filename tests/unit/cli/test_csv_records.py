"""CSV whose cells go on over several lines, and lines that belong to no record."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.imports.csv_records import MOST_LINES, NO_COLUMNS, NO_RECORD, Broken, Record, read
from cli.imports.lines import Line, lines

HEADER = "Id,ChannelType,Address,Attributes.note\n"


def records(tmp_path: Path, text: str) -> list[Any]:
    file = tmp_path / "endpoints.csv"
    file.write_bytes(text.encode())
    return list(read(lines(file)))


def note(number: int, id_: str, said: str) -> Record:
    return Record(
        number, {"Id": id_, "ChannelType": "EMAIL", "Address": "a@shop.example", "Attributes.note": said}
    )


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('"first line\nsecond line"', "first line\nsecond line"),
        ('"first line\r\nsecond line"', "first line\r\nsecond line"),
        ('"first line\n\n\nlast line"', "first line\n\n\nlast line"),
        ('"a ""quoted"" word\nand a comma, too"', 'a "quoted" word\nand a comma, too'),
        ('"\n"', "\n"),
        ('5" wide', '5" wide'),
    ],
)
def test_a_quoted_cell_keeps_its_lines(tmp_path: Path, cell: str, said: str) -> None:
    text = f"{HEADER}e1,EMAIL,a@shop.example,{cell}\ne2,EMAIL,a@shop.example,x\n"
    assert records(tmp_path, text) == [note(2, "e1", said), note(3 + cell.count("\n"), "e2", "x")]


def test_a_quotation_mark_that_nobody_closed_costs_its_own_line_alone(tmp_path: Path) -> None:
    good = [f"e{at},EMAIL,a@shop.example,x\n" for at in range(MOST_LINES + 5)]
    found = records(tmp_path, HEADER + 'e,EMAIL,a@shop.example,"open\n' + "".join(good))
    assert found == [Broken(2, NO_RECORD), *(note(at + 3, f"e{at}", "x") for at in range(len(good)))]


def test_two_of_them_cost_two_lines(tmp_path: Path) -> None:
    text = (
        HEADER + 'e1,EMAIL,a@shop.example,"open\ne2,EMAIL,a@shop.example,x\ne3,EMAIL,a@shop.example,open"\n'
    )
    text += 'e4,EMAIL,a@shop.example,"open\n'
    assert [type(one) for one in records(tmp_path, text)] == [
        Record,
        Broken,
    ]  # the first is closed two lines on
    wide = HEADER + 'e1,EMAIL,"open,x\ne2,EMAIL,a@shop.example,x\ne3,EMAIL,open",x\n'
    assert [(one.number, type(one)) for one in records(tmp_path, wide)] == [(2, Record)]


@pytest.mark.parametrize("lines_", [MOST_LINES - 1, MOST_LINES, MOST_LINES + 1])
def test_a_record_has_a_bounded_number_of_lines(tmp_path: Path, lines_: int) -> None:
    cell = '"' + "\n".join(str(at) for at in range(lines_)) + '"'
    found = records(tmp_path, f"{HEADER}e1,EMAIL,a@shop.example,{cell}\n")
    if lines_ <= MOST_LINES:
        assert found == [note(2, "e1", cell.strip('"'))]
    else:
        assert len(found) == lines_
        assert {type(one) for one in found} == {Broken}


def test_values_without_a_column_are_named_by_their_line(tmp_path: Path) -> None:
    text = HEADER + "e1,EMAIL\n\ne2,EMAIL,a@shop.example,x\n"
    assert records(tmp_path, text) == [
        Broken(2, "the line has 2 values for 4 columns"),
        note(4, "e2", "x"),
    ]


def test_without_columns_nothing_is_guessed(tmp_path: Path) -> None:
    assert records(tmp_path, 'Id,"Channel\ne1,EMAIL\n') == [Broken(1, NO_COLUMNS), Broken(2, NO_COLUMNS)]
    assert records(tmp_path, "") == []


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
def test_what_a_library_wrote_is_read_back(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["a", "b", "c"], *rows])
    text = file.getvalue().split("\n")
    found = read(Line(at, line, "\n") for at, line in enumerate(text, 1))
    assert [list(one.cells.values()) for one in found if isinstance(one, Record)] == rows
