"""Events that were rejected, kept with the requests they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from shared.ports.failures import Unwritten
    from shared.rejected import Dropped, RejectedEvent, RejectedRequest


class Rejected(Protocol):
    def put(self, requests: Sequence[RejectedRequest]) -> Unwritten: ...

    def latest(self, limit: int, since: datetime, *, with_dropped: bool = False) -> list[RejectedEvent]:
        """Newest first, without what `headrace doctor` sent; what was dropped only when it is asked for."""

    def request(self, request: str) -> RejectedRequest | None: ...

    def mark(self, request: str, replayed: Mapping[int, datetime]) -> None:
        """Remember when the events at these indexes were replayed."""

    def drop(self, request: str, indexes: Sequence[int], dropped: Dropped) -> None:
        """Put the events at these indexes aside. Raises LookupError when the request is gone."""
