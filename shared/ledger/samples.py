"""What is kept of an hour that has more than fits in memory: a sample of the records' rows, and the latest messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from heapq import nlargest

from shared.ledger.balance import Rows
from shared.ledger.lines import Shop

ENDINGS = 1_000
"""Sequence numbers are told apart by their last three digits. As AWS makes them, those of a shard have 125 of these."""

LEAST_ENDINGS = 8
"""Any eight in a row have some of every shard's: they differ by eight."""


class SampledRows:
    """Rows by sequence number. Above `most` records, only those whose numbers have one of the first so many endings:
    no record of those is left out, so that whoever looks them up elsewhere can compare all of them."""

    def __init__(self, most: int | None) -> None:
        self.kept: dict[int, Rows] = {}
        self.records = 0
        self._most = most
        self._endings = ENDINGS

    @property
    def endings(self) -> range | None:
        """None for all."""
        return None if self._endings == ENDINGS else range(self._endings)

    def add(self, number: int, rows: Rows) -> None:
        self.records += 1
        if number % ENDINGS >= self._endings:
            return
        self.kept[number] = rows
        if self._most is None or len(self.kept) <= self._most or self._endings == LEAST_ENDINGS:
            return
        self._endings = max(LEAST_ENDINGS, self._endings // 2)
        self.kept = {number: rows for number, rows in self.kept.items() if number % ENDINGS < self._endings}


class LatestMessages:
    """The `most` messages that were requested last, by campaign and hour; all are counted."""

    def __init__(self, most: int | None) -> None:
        self.requested: Counter[Shop] = Counter()
        self._most = most
        self._kept: list[tuple[datetime, Shop, str]] = []

    def add(self, shop: Shop, messages: Iterable[tuple[str, datetime]]) -> None:
        """Each of them once."""
        before = len(self._kept)
        self._kept += [(at, shop, message) for message, at in messages]
        self.requested[shop] += len(self._kept) - before
        if self._most is not None and len(self._kept) > 2 * self._most:
            self._kept = nlargest(self._most, self._kept)

    @property
    def kept(self) -> dict[Shop, dict[str, datetime]]:
        found: dict[Shop, dict[str, datetime]] = {}
        latest = self._kept if self._most is None else nlargest(self._most, self._kept)
        for at, shop, message in latest:
            found.setdefault(shop, {})[message] = at
        return found
