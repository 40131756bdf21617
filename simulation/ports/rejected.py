"""Rejected events in memory, held to the adapter's contract by tests/unit/aws/test_rejected.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from shared.events import DOCTOR
from shared.failures import Unavailable, Unwritten
from shared.rejected import Dropped, RejectedEvent, RejectedRequest, listed
from simulation.ports.faults import Faults, ItemFaults


class FakeRejected:
    """`item_faults` plans which requests the next writes refuse; `failing` makes reads and marks raise Unavailable."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.item_faults = ItemFaults()
        self.failing = False
        self.requests: dict[str, RejectedRequest] = {}

    def put(self, requests: Sequence[RejectedRequest]) -> Unwritten:
        refused = self.item_faults.unwritten(requests)
        for position, request in enumerate(requests):
            if position not in refused:
                # As JSON, because that is what is stored.
                stored = RejectedRequest.model_validate_json(request.model_dump_json())
                self.requests.setdefault(request.request, stored)
        self._faults.called("rejected.put")
        return refused

    def latest(self, limit: int, since: datetime, *, with_dropped: bool = False) -> list[RejectedEvent]:
        self._fail_on_command()
        newest = sorted(self.requests.values(), key=lambda request: request.request, reverse=True)
        theirs = [request for request in newest if _arrived(request) >= since and request.source != DOCTOR]
        events = (event for request in theirs for event in listed(request))
        return [event for event in events if with_dropped or not event.is_put_aside][:limit]

    def request(self, request: str) -> RejectedRequest | None:
        self._fail_on_command()
        return self.requests.get(request)

    def mark(self, request: str, replayed: Mapping[int, datetime]) -> None:
        self._fail_on_command()
        if not replayed:
            return
        if request not in self.requests:
            raise LookupError(f"the rejected request {request} is gone")
        kept = self.requests[request]
        items = tuple(
            item.model_copy(update={"replayed_at": item.replayed_at or replayed.get(item.index)})
            for item in kept.items
        )
        self.requests[request] = kept.model_copy(update={"items": items})

    def drop(self, request: str, indexes: Sequence[int], dropped: Dropped) -> None:
        self._fail_on_command()
        if request not in self.requests:
            raise LookupError(f"the rejected request {request} is gone")
        kept = self.requests[request]
        before = {item.index for item in kept.items if item.dropped is not None}
        items = tuple(
            item.model_copy(update={"dropped": dropped}) if item.index in {*before, *indexes} else item
            for item in kept.items
        )
        self.requests[request] = kept.model_copy(update={"items": items})

    @property
    def events(self) -> list[RejectedEvent]:
        """All of them, in the order of their requests."""
        return [event for request in sorted(self.requests) for event in listed(self.requests[request])]

    def _fail_on_command(self) -> None:
        if self.failing:
            raise Unavailable("told to fail")


def _arrived(request: RejectedRequest) -> datetime:
    return datetime.fromtimestamp((UUID(request.request[:36]).int >> 80) / 1000, UTC)
