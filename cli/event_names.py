"""Compare a typed event name with those that were received."""

from __future__ import annotations

from collections.abc import Sequence

from cli.console import visible
from shared.ports.queries import QueryResult
from shared.text.spelling import closest


def is_nothing(result: QueryResult) -> bool:
    """Whether the answer has no rows, or nothing but zeros and nulls."""
    return not any(value for row in result.rows for value in row)


def none_is_called(event: str, came: Sequence[str]) -> str:
    """The message about an event that was not received. Names are case-sensitive."""
    if event in came:
        return f"“{visible(event)}” was received, but not in that time"
    close = closest(event, came)
    meant = f": did you mean “{visible(close)}”?" if close else ""
    return f"No event named “{visible(event)}” came in that time{meant}"
