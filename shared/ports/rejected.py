"""The store of rejected events, with the requests they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from shared.failures import Unwritten
    from shared.rejected import Dropped, RejectedEvent, RejectedRequest


class Rejected(Protocol):
    def put(self, requests: Sequence[RejectedRequest]) -> Unwritten: ...

    def latest(self, limit: int, since: datetime, *, with_dropped: bool = False) -> list[RejectedEvent]:
        """The latest events, newest first, without those of `headrace doctor`. Dropped events are included only
        `with_dropped`."""

    def request(self, request: str) -> RejectedRequest | None: ...

    def mark(self, request: str, replayed: Mapping[int, datetime]) -> None:
        """Note when the events at these indexes were replayed."""

    def drop(self, request: str, indexes: Sequence[int], dropped: Dropped) -> None:
        """Drop the events at these indexes. Raises LookupError if the request is gone."""
