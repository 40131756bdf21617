"""Requests that collect refused whole, such as those with a key that no source has: nothing is kept of them but a line
in its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cli.log_entries import REFUSED, read
from shared.aws.stack import function_logs
from shared.aws.stack.function_logs import Unfinished

PATTERN = "{ $.status >= 400 }"
"""CloudWatch Logs' filter; the emulator hands everything over.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""

MOST_PAGES = 20
"""Calls of CloudWatch Logs: a busy hour may have more of them."""


DOCTORS = " of headrace doctor"
"""What stands after the reason of a request that says it is one of the doctor's: some of its probes may be refused."""


class Refused(NamedTuple):
    """Requests by status and reason, `401 unknown_write_key`; `is_all` unless there is more log than was read."""

    by_reason: Counter[str]
    is_all: bool


def in_words(by_reason: Mapping[str, int]) -> str:
    """`401 unknown_write_key (3), 400 malformed (1)`: the most first."""
    return ", ".join(f"{reason} ({count})" for reason, count in Counter(by_reason).most_common())


def refused(function: str, since: datetime) -> Refused:
    """Raises Unavailable."""
    counts: Counter[str] = Counter()
    try:
        for line in function_logs.lines(function, since, pattern=PATTERN, most_pages=MOST_PAGES):
            said = read(line.text)
            if _is_refused_whole(said):
                of_doctor = DOCTORS if said.get("doctor") else ""
                counts[f"{said['status']} {said.get('code') or ''}".rstrip() + of_doctor] += 1
    except Unfinished:
        return Refused(counts, is_all=False)
    return Refused(counts, is_all=True)


def _is_refused_whole(said: dict[str, Any]) -> bool:
    """Where there was a verdict on events, those are kept, and in `headrace rejected list`."""
    status = said.get("status")
    return (
        isinstance(status, int) and status >= REFUSED and said.get("collect_received") in (None, [0], [0.0])
    )
