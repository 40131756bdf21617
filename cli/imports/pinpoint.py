"""Amazon Pinpoint's endpoint exports, JSON lines or CSV with dotted column names, as endpoints of its events call.

That call tells of each endpoint by itself what became of it. It takes the write key as the application's id.
https://docs.aws.amazon.com/pinpoint/latest/developerguide/audience-data-export.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.imports import csv_records
from cli.imports.lines import Line, not_blank
from cli.imports.row import NO_OBJECT, Reading, Row, Unreadable, json_list, json_object
from shared.text.numbers import finite

OF_THE_EXPORT = frozenset({"Id", "ApplicationId", "CohortId", "CreationDate"})
"""What an export says of an endpoint and a client cannot."""

LISTS = frozenset({"Attributes", "UserAttributes"})
NUMBERS = frozenset({"Metrics", "Location.Latitude", "Location.Longitude"})

CONTRADICTING = "two of the line's columns contradict each other, as `User` and `User.UserId` do"


def is_like(first: list[str], _path: Path) -> bool:
    if not first:
        return False
    found = json_object(first[0])
    return "ChannelType" in (found if found is not None else csv_records.cells(first[0]) or ())


def endpoints(lines: Iterator[Line], _reading: Reading) -> Iterator[Row | Unreadable]:
    first = next(not_blank(lines), None)
    if first is None:
        return
    if json_object(first.text) is None:
        yield from _of_csv(chain([first], lines))
        return
    for line in not_blank(chain([first], lines)):
        found = json_object(line.text)
        yield Unreadable(line.number, NO_OBJECT) if found is None else _row(line.number, found)


def _of_csv(lines: Iterator[Line]) -> Iterator[Row | Unreadable]:
    for record in csv_records.read(lines):
        if isinstance(record, csv_records.Broken):
            yield Unreadable(record.number, record.why)
        elif (endpoint := _nested(record.cells.items())) is None:
            yield Unreadable(record.number, CONTRADICTING)
        else:
            yield _row(record.number, endpoint)


def _nested(cells: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """`User.UserAttributes.plan` to objects in objects; empty cells say nothing. None where one cell is the value of
    what another is a part of."""
    found: dict[str, Any] = {}
    for column, text in cells:
        if not text:
            continue
        *above, last = column.split(".")
        place = found
        for step in above:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                return None
        if last in place:
            return None
        place[last] = _value(column, above, text)
    return found


def _value(column: str, above: list[str], text: str) -> Any:
    if above and above[-1] in LISTS:
        if (listed := json_list(text)) is not None:
            return listed
        parts = text[1:-1].split(",") if text.startswith("[") and text.endswith("]") else [text]
        return [part.strip().strip('"') for part in parts]
    if column in NUMBERS or (above and above[-1] in NUMBERS):
        number = finite(text)
        return text if number is None else number
    return text


def _row(number: int, endpoint: dict[str, Any]) -> Row | Unreadable:
    id_ = endpoint.get("Id")
    if not isinstance(id_, str) or not id_:
        return Unreadable(number, "the endpoint has no Id")
    return Row(number, {name: value for name, value in endpoint.items() if name not in OF_THE_EXPORT}, id_)


def request(rows: list[Row], write_key: str) -> tuple[str, Any]:
    items = {str(row.key): {"Endpoint": row.document, "Events": {}} for row in rows}
    return f"/v1/apps/{quote(write_key, safe='')}/events", {"BatchItem": items}
