"""Dropping: rejected events that nobody will bring in, such as those of a source that is gone, are put aside.

They stay as long as they would have, are in no list unless it is asked for, and can still be replayed by their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from functions.collect.replay.replay import BEFORE, NOT_FOUND, Outcome, by_request
from shared.ports.rejected import Rejected
from shared.rejected import Dropped, RejectedItem

DROPPED, DROPPED_BEFORE = "dropped", "already_dropped"

LONGEST_NAME = 100
"""Characters of who dropped it."""


class Drop:
    """`clock` tells the time an event is marked as dropped at (UTC)."""

    def __init__(self, rejected: Rejected, clock: Callable[[], datetime]) -> None:
        self._rejected = rejected
        self._clock = clock

    def __call__(self, ids: Iterable[str], *, by: str) -> list[Outcome]:
        """What became of each. Raises Unavailable when AWS is; what was dropped by then is marked."""
        outcomes: list[Outcome] = []
        for request, indexes in by_request(ids).items():
            outcomes += self._of_request(request, indexes, by)
        return outcomes

    def _of_request(self, request: str, indexes: dict[int, str], by: str) -> list[Outcome]:
        try:
            found = self._rejected.request(request)
        except ValueError:  # no request has such an id
            found = None
        items = {item.index: item for item in found.items} if found is not None else {}
        becomes = {index: _becomes(items.get(index)) for index in indexes}
        now_dropped = [index for index, outcome in becomes.items() if outcome == DROPPED]
        if now_dropped:
            try:
                self._rejected.drop(request, now_dropped, Dropped(at=self._clock(), by=by[:LONGEST_NAME]))
            except LookupError:  # its days are over meanwhile
                becomes |= dict.fromkeys(now_dropped, NOT_FOUND)
        return [{"id": indexes[index], "outcome": outcome} for index, outcome in becomes.items()]


def _becomes(item: RejectedItem | None) -> str:
    if item is None:
        return NOT_FOUND
    if item.replayed_at is not None:
        return BEFORE
    return DROPPED_BEFORE if item.dropped is not None else DROPPED
