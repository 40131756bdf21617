"""The balance held against the lake: each record has as many rows there as `process` handed on to the archive.

Rows have their record's sequence number. Of many records a sample is compared, chosen by the ends of their numbers: no
row of those is left out, and the query reads no more than its columns of the days asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.ledger.balance import Balance, Missing, Rows
from shared.ports.queries import QueryResult

MOST = 50_000
"""Records that are compared; Athena answers 1,000 rows at a time."""

MOST_NAMED = 4_000
"""Missing records that are looked for at once: Athena takes queries of up to 256 KB."""

Ask = Callable[[str], QueryResult]


@dataclass(slots=True)
class Reconciled:
    """`compared` records of `records`; `short` are rows that the lake lacks, by sequence number, `waiting` those of
    records that are too young to be there."""

    records: int = 0
    compared: int = 0
    rows: int = 0
    short: dict[int, int] = field(default_factory=dict)
    waiting: int = 0


def reconciled(balance: Balance, ask: Ask, first: date, last: date, settled: datetime) -> Reconciled:
    """`first` and `last` are days of arrival in the lake; what was said after `settled` may still be on its way."""
    endings, expected = balance.endings, balance.rows
    made = Reconciled(balance.archived, len(expected))
    if not expected:
        return made
    found = _found(ask, first, last, "" if endings is None else _ending(endings))
    for number, rows in expected.items():
        wanted = rows.own + rows.derived
        made.rows += wanted
        lacking = wanted - found.get(number, 0)
        if lacking > 0 and rows.at >= settled:
            made.waiting += lacking
        elif lacking > 0:
            made.short[number] = lacking
    return made


def arrived(missing: Sequence[Missing], ask: Ask, first: date, last: date) -> set[int]:
    """Of missing records, those that have rows in the lake."""
    numbers = [one.place.number for one in missing]
    found: set[int] = set()
    for start in range(0, len(numbers), MOST_NAMED):
        named = ", ".join(f"'{number:056}'" for number in numbers[start : start + MOST_NAMED])
        found |= {*_found(ask, first, last, f" and sequence_number in ({named})")}
    return found


def days(rows: Mapping[int, Rows], since: datetime, until: datetime) -> tuple[date, date]:
    """In which rows of the time may have come to the lake."""
    return since.date(), max(
        until.date(), *(one.at.date() for one in rows.values()), since.date()
    ) + timedelta(days=1)


def _ending(endings: Iterable[int]) -> str:
    listed = ", ".join(f"'{ending:03}'" for ending in endings)
    return f" and substr(sequence_number, 54, 3) in ({listed})"


def _found(ask: Ask, first: date, last: date, condition: str) -> dict[int, int]:
    answer = ask(
        "select sequence_number, count(distinct ordinal) as found from events_raw "  # noqa: S608  our own numbers
        f"where dt >= '{first}' and dt <= '{last}'{condition} group by sequence_number"
    )
    return {int(str(number)): int(str(found)) for number, found in answer.rows if number}
