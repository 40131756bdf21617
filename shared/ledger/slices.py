"""The lines of a time cut by record, so that no more than a slice of it need be in memory at once.

All that is said of a record, or of a message, is in one slice. A request has its records in several, mostly: there
it has a part in each, and what it says of itself is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import NamedTuple, TypeVar

from shared.ledger.lines import Processed, Put, Witness
from shared.ledger.places import Place

PRIME = 1_000_003
"""Sequence numbers of a shard differ by multiples of powers of two: their remainders of this do not."""


class Part(NamedTuple):
    """Those places of a request that are in one slice. `request` is its number among the requests that were cut; the
    rest is as the request has it."""

    request: int
    at: datetime
    places: tuple[Place, ...]
    follows_again: bool = False


Piece = Witness | Part
Key = TypeVar("Key")


class Cutter:
    """`into` is how many slices there are."""

    def __init__(self, into: int) -> None:
        self.into = into
        self.requests = 0
        """Those that were cut so far."""
        self._turn = count()

    def cut(self, one: Witness) -> Iterator[tuple[int, Piece]]:
        """Pieces, and the slices that they belong to. Of a request that is in several only its parts: whoever calls
        keeps it, in order."""
        if isinstance(one, Put):
            yield from self._request(one)
        elif isinstance(one, Processed):
            for at, outcomes in self._by_slice((said.number, said) for said in one.outcomes).items():
                yield at, one._replace(outcomes=tuple(outcomes))
        else:
            for at, messages in self._by_slice((int(said, 16), said) for said in one.messages).items():
                yield at, one._replace(messages=tuple(messages))

    def _request(self, one: Put) -> Iterator[tuple[int, Piece]]:
        slices = self._by_slice((place.number, place) for place in one.places)
        if len(slices) < 2:
            yield next(iter(slices), next(self._turn) % self.into), one
            return
        for at, places in slices.items():
            yield at, Part(self.requests, one.at, tuple(places), one.follows_again)
        self.requests += 1

    def _by_slice(self, numbered: Iterable[tuple[int, Key]]) -> dict[int, list[Key]]:
        found: dict[int, list[Key]] = {}
        for number, one in numbered:
            found.setdefault(number % PRIME % self.into, []).append(one)
        return found
