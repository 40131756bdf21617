"""What the functions' logs in CloudWatch witness for the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import orjson

from shared.aws.stack import function_logs
from shared.ledger.binary import Unreadable
from shared.ledger.lines import Witness, witnesses


def read(
    functions: Mapping[str, str],
    since: datetime,
    until: datetime | None = None,
    most_pages: int | None = None,
) -> Iterator[Witness]:
    """`functions` are their names by stage. Lines that are none of the ledger's are passed over.

    Raises Unavailable, and Unfinished after `most_pages` of one function.
    """
    for stage, name in functions.items():
        for line in function_logs.lines(name, since, until=until, most_pages=most_pages):
            yield from of_line(line.text, line.at, stage)


def of_line(text: str, at: datetime, stage: str) -> Iterator[Witness]:
    """None of a line that was cut, or is of newer code: its records are found unaccounted for."""
    if not text.startswith("{"):
        return
    try:
        yield from [*witnesses(orjson.loads(text), at, stage)]
    except (orjson.JSONDecodeError, Unreadable):
        return
