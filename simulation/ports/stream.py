"""The stream in memory: what was put on it, and refusals on command."""

from __future__ import annotations

from collections.abc import Sequence

from shared import records
from shared.events import Event
from shared.failures import Unwritten
from shared.ledger.places import Place
from shared.ports.streams import StreamEntry
from shared.records import Record
from simulation.ports.faults import Faults, ItemFaults


class FakeStream:
    """`item_faults` plans which entries the next calls refuse; what they refuse is not on the stream."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self.item_faults = ItemFaults()
        self.entries: list[StreamEntry] = []
        self._asked = 0

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten:
        refused = self.item_faults.unwritten(entries)
        self.entries += [entry for position, entry in enumerate(entries) if position not in refused]
        self._faults.called("stream.put")
        return refused

    def written(self) -> list[Place]:
        """Numbered from 1, all in one shard."""
        asked, self._asked = self._asked, len(self.entries)
        return [Place(0, number) for number in range(asked + 1, self._asked + 1)]

    @property
    def records(self) -> list[Record]:
        """As `process` reads them."""
        return [records.decode(entry.data) for entry in self.entries]

    @property
    def events(self) -> list[Event]:
        return [event for record in self.records for event in record.events]
