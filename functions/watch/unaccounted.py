"""Records that were put on the stream some minutes ago and of which no log line says what became of them.

Each look takes the five minutes that ended a quarter of an hour before. It reads at most so many pages of log, about a
megabyte each: beyond some 100 requests a second it takes the first of those minutes' requests, and follows each of
their records to its end. That is a sample of the requests, not of what becomes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from shared.aws.stack import witnesses
from shared.aws.stack.function_logs import Unfinished
from shared.failures import Unavailable
from shared.ledger.balance import Missing
from shared.ledger.drawing import balance
from shared.ledger.lines import Put, Witness

EVERY = timedelta(minutes=5)
SETTLED = timedelta(minutes=15)
"""Older than what may still be in a batch, or on its way to the log."""

PAGES_PUT, PAGES_DONE = 30, 60
"""Of each function that puts records on the stream, and of `process`."""

DONE_SOON = timedelta(minutes=3)
"""By then `process` has said something of nearly all; of the others its log is read up to now."""

PROCESS = "process"


def unaccounted(functions: Mapping[str, str], now: datetime) -> list[Missing]:
    """`functions` are the names of those that put, and of `process`, by stage. Raises Unavailable; also where there is
    more log than may be read, and nothing can be said."""
    end = _floor(now) - SETTLED
    begin = end - EVERY
    put = {stage: name for stage, name in functions.items() if stage != PROCESS}
    process = {PROCESS: functions[PROCESS]}
    said: list[Witness] = []
    last = begin
    for one in _some(put, begin, end):
        said.append(one)
        last = max(last, one.at)
    if not said:
        return []
    soon = min(last + DONE_SOON, now)
    try:
        said += witnesses.read(process, begin, soon, PAGES_DONE)
        missing = balance(said, now, grace=timedelta()).missing
        if missing and soon < now:
            said += witnesses.read(process, soon, now, PAGES_DONE)
            missing = balance(said, now, grace=timedelta()).missing
    except Unfinished as error:
        raise Unavailable(str(error)) from error
    of_these = {place for one in said if isinstance(one, Put) for place in one.places}
    return [one for one in missing if one.place in of_these]


def _some(functions: Mapping[str, str], begin: datetime, end: datetime) -> Iterator[Witness]:
    """As many as may be read, of each function."""
    for stage, name in functions.items():
        try:
            yield from witnesses.read({stage: name}, begin, end, PAGES_PUT)
        except Unfinished:
            continue


def _floor(at: datetime) -> datetime:
    return at - timedelta(seconds=at.timestamp() % EVERY.total_seconds())
