"""The answer to a query as people and programs want it.

On a terminal: a table where it fits, else records, a line for each value, as psql's `\\x auto` does. Anywhere else,
tab-separated lines with nothing cut. CSV is RFC 4180's; JSON a list of objects.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import TextIO

import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.console import visible
from shared.events import utc_text
from shared.ports.queries import QueryResult

NUMBERS = (int, float, Decimal)
GAP = 2
"""Characters between two columns of a table."""

NO_VALUE = r"\N"
"""Null on a terminal and in tab-separated lines, as ClickHouse and PostgreSQL's COPY read it: not the empty text."""

ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def show(result: QueryResult) -> None:
    """The rows on standard output, and on standard error how many there are."""
    console = Console()
    if not console.is_terminal:
        write_tab_separated(result, sys.stdout)
    elif _width(result) <= console.width:
        console.print(_table(result), no_wrap=True, crop=False)
    else:
        for number, row in enumerate(result.rows, start=1):
            console.print(_record(number, result.columns, row), soft_wrap=True)
    Console(stderr=True).print(f"{len(result.rows)} row{'s' if len(result.rows) != 1 else ''}", style="dim")


def as_text(value: object) -> str:
    """A value in a cell: times are RFC 3339, maps, arrays and rows JSON; null is nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return str(value)


def write_tab_separated(result: QueryResult, file: TextIO) -> None:
    """A line for the names and one for each row; a tab, line break or backslash in a value is escaped by one."""
    file.write("\t".join(name.translate(ESCAPED) for name in result.columns) + "\n")
    for row in result.rows:
        cells = (NO_VALUE if value is None else as_text(value).translate(ESCAPED) for value in row)
        file.write("\t".join(cells) + "\n")


def write_csv(result: QueryResult, file: TextIO) -> None:
    """RFC 4180, with a header. Null is an empty field, as empty text is."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(result.columns)
    writer.writerows([as_text(value) for value in row] for row in result.rows)


def as_json(result: QueryResult) -> str:
    """A list of objects: numbers are numbers, times RFC 3339, and what is no number in JSON (NaN) is null.

    Of two columns with one name the second is `name_2`: an object has each name once.
    """
    names = distinct(result.columns)
    objects = [dict(zip(names, map(_plain, row), strict=True)) for row in result.rows]
    return json.dumps(objects, indent=2, ensure_ascii=False, allow_nan=False)


def distinct(columns: Sequence[str]) -> list[str]:
    """The names, each once: of those that come again the second ends in `_2`, the third in `_3`."""
    names: list[str] = []
    for column in columns:
        name, number = column, 1
        while name in names or (number > 1 and name in columns):
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def _width(result: QueryResult) -> int:
    """Characters of the table's widest line; a value of several lines fits into none."""
    widest = [cell_len(name) for name in result.columns]
    for row in result.rows:
        for n, value in enumerate(row):
            text = _visible(value)
            if "\n" in text:
                return sys.maxsize
            widest[n] = max(widest[n], cell_len(text))
    return sum(widest) + GAP * (len(widest) - 1)


def _table(result: QueryResult) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, GAP, 0, 0))
    for n, column in enumerate(result.columns):
        numbers = all(row[n] is None or isinstance(row[n], NUMBERS) for row in result.rows)
        table.add_column(Text(column), justify="right" if numbers and result.rows else "left", no_wrap=True)
    for row in result.rows:
        table.add_row(*(Text(_visible(value), style="dim" if value is None else "") for value in row))
    return table


def _record(number: int, columns: Sequence[str], row: Sequence[object]) -> Text:
    name_width = max(map(cell_len, columns))
    lines = [Text(f"-[ record {number} ]", style="dim")]
    for column, value in zip(columns, row, strict=True):
        first, *more = _visible(value).split("\n")
        name = column + " " * (name_width - cell_len(column))
        lines.append(Text.assemble((name, "bold"), " | ", first))
        lines += [Text(f"{' ' * name_width} | {line}") for line in more]
    return Text("\n").join(lines)


def _visible(value: object) -> str:
    return NO_VALUE if value is None else visible(as_text(value))
