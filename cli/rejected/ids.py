"""Which rejected events are meant: by the list's id, by the message id that the sender was answered, or by how either
begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from cli.beginnings import ambiguous
from cli.console import visible
from shared.ports.rejected import Rejected
from shared.rejected import RejectedEvent

MOST = 100_000
"""Events that are looked through."""

SHORTEST = 8
"""Characters of a beginning: less is the beginning of some id or other."""


class RejectedIds:
    """Of the events that came since `since()`; what was dropped is found too."""

    def __init__(self, rejected: Rejected, since: Callable[[], datetime]) -> None:
        self._rejected = rejected
        self._since = since

    def found(self, typed: str) -> str | None:
        """The list's id; None when there is no such event. Raises Problem when it may be several.

        What begins like this may be another event than was meant, when that one is not there any more: whoever changes
        something with it asks first.
        """
        return self.whole(typed) or _one(typed, self._beginning(typed))

    def whole(self, typed: str) -> str | None:
        """The same of whole ids alone."""
        return typed if self._is_one(typed) else _one(typed, self._of_message(typed))

    def _is_one(self, typed: str) -> bool:
        request, _, index = typed.rpartition("-")
        try:
            found = self._rejected.request(request)
        except ValueError:  # what stands before the index is no request id
            return False
        return found is not None and any(str(item.index) == index for item in found.items)

    def _of_message(self, typed: str) -> Sequence[RejectedEvent]:
        return [event for event in self._listed if event.event_id == typed]

    def _beginning(self, typed: str) -> Sequence[RejectedEvent]:
        return [event for event in self._listed if len(typed) >= SHORTEST and _begins(event, typed)]

    @cached_property
    def _listed(self) -> list[RejectedEvent]:
        return self._rejected.latest(MOST, self._since(), with_dropped=True)


def line(event: RejectedEvent) -> str:
    """One event on one line, its ids first."""
    ids = event.id if event.event_id is None else f"{event.id}  (message id {visible(event.event_id)})"
    return f"{ids}  {event.received_at:%Y-%m-%d %H:%M:%S}  {event.source}  {visible(event.name or '-')}"


def _one(typed: str, like: Sequence[RejectedEvent]) -> str | None:
    if len(like) > 1:
        raise ambiguous(typed, "rejected events", [line(event) for event in like])
    return like[0].id if like else None


def _begins(event: RejectedEvent, typed: str) -> bool:
    """Of the list's id its request may be cut, but not the index after it: 1 is not the beginning of 10."""
    request = event.id.rpartition("-")[0]
    return request.startswith(typed) or (event.event_id or "").startswith(typed)
