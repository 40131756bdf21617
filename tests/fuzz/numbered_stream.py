"""The stream of a campaign: no two records of it have one number, though each request finds it empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.failures import Unwritten
from shared.ledger.places import Place
from shared.ports.streams import StreamEntry
from simulation.ports.faults import Faults
from simulation.ports.stream import FakeStream

SHARD = 3
FIRST = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898
"""As long as Kinesis's own."""


class NumberedStream(FakeStream):
    """`places` are those of the `entries`, by `numbers`, which go on when the stream is replaced."""

    def __init__(self, numbers: Iterator[int], faults: Faults) -> None:
        super().__init__(faults)
        self._numbers = numbers
        self.places: list[Place] = []
        self._named = 0

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten:
        refused = super().put(entries)
        self.places += [Place(SHARD, next(self._numbers)) for _ in self.entries[len(self.places) :]]
        return refused

    def written(self) -> list[Place]:
        named, self._named = self._named, len(self.places)
        return self.places[named:]

    def clear(self) -> None:
        self.entries.clear()
        self.places = []
        self._named = 0
