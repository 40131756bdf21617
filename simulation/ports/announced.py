"""Where `process` says things, in memory: timeline, rejected events, bus and dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from shared.bus_entries import ArchiveRow, Entry, EventBatch, ForwardedEvent, MessageRequested
from shared.failures import Unwritten
from shared.people.timeline import Chunk, TimelineEvent, kept, latest_of
from shared.rejected import Dropped, RejectedEvent, RejectedRequest, listed
from simulation.ports.faults import Faults, ItemFaults


class FakeTimeline:
    """Chunks in memory by person and id, so that one put twice is one; single ones can be refused."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.item_faults = ItemFaults()
        self.chunks: dict[tuple[str, str], Chunk] = {}

    def put(self, chunks: Sequence[Chunk]) -> Unwritten:
        refused = self.item_faults.unwritten(chunks, down="timeline" in self._faults.down)
        for position, chunk in enumerate(chunks):
            if position not in refused:
                self.chunks[(chunk.person, chunk.id)] = chunk
        self._faults.called("timeline.put")
        return refused

    def read(self, keys: Iterable[str], limit: int, *, at: datetime) -> list[TimelineEvent]:
        wanted = set(keys)
        found = [chunk for chunk in self.chunks.values() if chunk.person in wanted]
        return latest_of((one for chunk in found for one in kept(chunk.data, chunk.expires_at, at)), limit)


class FakeRefusals:
    """`shared.ports.rejected.Rejected`, as far as `process` writes it."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.item_faults = ItemFaults()
        self.requests: dict[str, RejectedRequest] = {}

    def put(self, requests: Sequence[RejectedRequest]) -> Unwritten:
        refused = self.item_faults.unwritten(requests, down="rejected" in self._faults.down)
        for position, request in enumerate(requests):
            if position not in refused:
                self.requests[request.request] = request
        self._faults.called("rejected.put")
        return refused

    def latest(self, limit: int, since: datetime, *, with_dropped: bool = False) -> list[RejectedEvent]:  # noqa: ARG002  `process` drops none
        events = [event for request in self.requests.values() for event in listed(request)]
        recent = [event for event in events if event.received_at >= since]
        return sorted(recent, key=lambda event: event.received_at, reverse=True)[:limit]

    def request(self, request: str) -> RejectedRequest | None:
        return self.requests.get(request)

    def drop(self, request: str, indexes: Sequence[int], dropped: Dropped) -> None:
        raise AssertionError(f"process drops nothing: {request} {indexes} {dropped}")

    def mark(self, request: str, replayed: Mapping[int, datetime]) -> None:
        stored = self.requests[request]
        items = tuple(
            item.model_copy(update={"replayed_at": replayed.get(item.index, item.replayed_at)})
            for item in stored.items
        )
        self.requests[request] = stored.model_copy(update={"items": items})


class FakeBus:
    """Keeps every entry it took, repeated ones too; `requests` and `rows` show them as their consumers count them."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.item_faults = ItemFaults()
        self.entries: list[Entry] = []

    def publish(self, entries: Sequence[Entry]) -> Unwritten:
        refused = self.item_faults.unwritten(entries, down="bus" in self._faults.down)
        self.entries += [entry for position, entry in enumerate(entries) if position not in refused]
        self._faults.called("bus.publish")
        return refused

    @property
    def requests(self) -> dict[str, MessageRequested]:
        return {entry.id: entry for entry in self.entries if isinstance(entry, MessageRequested)}

    @property
    def forwarded(self) -> dict[str, ForwardedEvent]:
        return {entry.event.id: entry for entry in self.entries if isinstance(entry, ForwardedEvent)}

    @property
    def rows(self) -> dict[tuple[str, str, str, str], ArchiveRow]:
        """By what the lake's view tells rows apart: source, event id, name and partition key."""
        batches = [entry for entry in self.entries if isinstance(entry, EventBatch)]
        rows = [row for batch in batches for row in batch.unpacked()]
        return {(row.event.source, row.event.id, row.event.name, row.key): row for row in rows}


class FakeDeadLetters:
    """What was put aside, in order; single ones can be refused, as SQS refuses entries of a batch."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.item_faults = ItemFaults()
        self.letters: list[bytes] = []

    def put(self, letters: Sequence[bytes]) -> Unwritten:
        refused = self.item_faults.unwritten(letters, down="dead_letters" in self._faults.down)
        self.letters += [letter for position, letter in enumerate(letters) if position not in refused]
        self._faults.called("dead_letters.put")
        return refused


class FakeFailedTries:
    """Outlives a restart of the stage, as the table does."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.counted: dict[str, list[datetime]] = {}
        self.noted: dict[str, datetime] = {}
        """When dead letters were noted, by the names of their records."""

    def add(self, name: str, at: datetime) -> int:
        self._faults.outage("tries")
        self.counted.setdefault(name, []).append(at)
        self._faults.called("tries.add")
        return len(self.counted[name])

    def note_dead_letter(self, name: str, at: datetime) -> None:
        self._faults.outage("tries")
        self.noted[name] = at
        self._faults.called("tries.note_dead_letter")

    def has_dead_letter(self, name: str) -> bool:
        self._faults.outage("tries")
        return name in self.noted
