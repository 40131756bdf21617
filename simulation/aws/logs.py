"""CloudWatch Logs: what the functions wrote, read as `shared.aws.stack.function_logs` reads it.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

from simulation.aws.calls import Answer, AwsError, Call, only, unknown_operation

PAGE_EVENTS, PAGE_BYTES = 10_000, 1024 * 1024
"""Of one answer, at most."""


class Event(NamedTuple):
    """`at` is in milliseconds since 1970."""

    at: int
    number: int
    text: str


class Logs:
    """Lines come in the order of their time, as those of one clock do."""

    def __init__(self) -> None:
        self._groups: dict[str, list[Event]] = {}

    def write(self, function: str, at: int, lines: list[str]) -> None:
        """What one invocation of the function wrote; `at` in milliseconds since 1970."""
        events = self._groups.setdefault(f"/aws/lambda/{function}", [])
        for text in lines:
            events.append(Event(at, len(events), text))

    def answer(self, call: Call) -> Answer:
        if call.operation != "FilterLogEvents":
            raise unknown_operation(call)
        only(call, frozenset({"logGroupName", "startTime", "endTime", "nextToken"}))
        asked = call.asked
        events = self._groups.get(asked["logGroupName"])
        if events is None:
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        begin = int(asked.get("nextToken", bisect_left(events, (asked.get("startTime", 0),))))
        until = asked.get("endTime")
        end = len(events) if until is None else bisect_right(events, (until, len(events)))
        return _page(events, begin, end)


def _page(events: list[Event], begin: int, end: int) -> Answer:
    found: list[dict[str, Any]] = []
    size = 0
    for event in events[begin:end]:
        size += len(event.text.encode())
        if found and (len(found) == PAGE_EVENTS or size > PAGE_BYTES):
            return {"events": found, "nextToken": str(event.number)}
        found.append({"eventId": str(event.number), "timestamp": event.at, "message": event.text})
    return {"events": found}
