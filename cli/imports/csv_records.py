"""CSV whose first record names the columns. A quoted cell may go on over several lines, blank ones among them."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from cli.imports.lines import Line

MOST_LINES = 100
"""Of one record. A quotation mark that nobody closed must not swallow the rest of the file."""


NO_COLUMNS = "the file's first line is neither JSON nor a CSV header"
ONE_TWICE = "the file's first line names a column twice"
NO_RECORD = "the line is not CSV: a quotation mark in it is not closed"


class Record(NamedTuple):
    """`number` is that of the line it begins on; `cells` are its values by column."""

    number: int
    cells: dict[str, str]


class Broken(NamedTuple):
    """A line that begins no record that can be read. The next record is looked for on the line after it."""

    number: int
    why: str


class _Taken(NamedTuple):
    """`cells` is None where the lines are no CSV; the record `is_open` where it has not ended with them."""

    lines: list[Line]
    cells: list[str] | None
    is_open: bool


def read(lines: Iterator[Line]) -> Iterator[Record | Broken]:
    """Every line that is not blank is part of a record, or broken."""
    header = _taken(lines)
    if header is None:
        return
    columns, why = _whole(header), NO_COLUMNS
    left = deque(header.lines[1:] if columns is None else ())
    if columns is not None and _names_one_twice(columns):
        columns, why = None, ONE_TWICE
    if columns is None:
        yield Broken(header.lines[0].number, why)
    while (taken := _taken(chain(_drained(left), lines))) is not None:
        number, found = taken.lines[0].number, _whole(taken)
        if columns is None:
            yield Broken(number, why)
        elif found is None:
            yield Broken(number, NO_RECORD)
        elif len(found) != len(columns):
            yield Broken(number, f"the line has {len(found)} values for {len(columns)} columns")
        else:
            yield Record(number, dict(zip(columns, found, strict=True)))
            continue
        left.extendleft(reversed(taken.lines[1:]))


def cells(text: str) -> list[str] | None:
    """Of one line; None where it is no CSV."""
    try:
        return next(csv.reader([text]), None)
    except csv.Error:
        return None


def _names_one_twice(columns: list[str]) -> bool:
    """Of two values of one column one would be lost. Columns without a name say nothing."""
    named = [column for column in columns if column]
    return len(set(named)) < len(named)


def _whole(taken: _Taken) -> list[str] | None:
    return None if taken.is_open else taken.cells


def _drained(left: deque[Line]) -> Iterator[Line]:
    while left:
        yield left.popleft()


def _taken(lines: Iterator[Line]) -> _Taken | None:
    """The lines of the next record and what the parser makes of them; None at the end of the file.

    The parser asks for another line only where the record goes on.
    """
    taken: list[Line] = []
    is_open = False

    def asked_for() -> Iterator[str]:
        nonlocal is_open
        for line in lines:
            if not taken and not line.text.strip():
                continue  # between records
            taken.append(line)
            yield line.text + line.ending
            if len(taken) == MOST_LINES:
                break
        is_open = True

    try:
        found = next(csv.reader(asked_for()), None)
    except csv.Error:
        found = None
    return _Taken(taken, found, is_open) if taken else None
