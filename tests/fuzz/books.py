"""The sums of a whole campaign, by source, kept twice: as the ledger adds up the lines, and as events were stored.

What each request says of itself may hold, and the sums may not: a record may be named by two requests.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta

from shared.ledger.balance import Balance, Counts
from shared.ledger.drawing import balance
from shared.ledger.lines import Witness
from tests.fakes.collect_stage import NOON
from tests.fuzz.target import Reply

AT_ONCE = 5_000
"""Requests whose lines are read together. A million's have no room."""

OF_NOBODY = "?"
"""The source of a request that was refused before anybody looked whose it is, as the ledger calls it."""


class Books:
    """`said` is by source, as the ledger has it; `stored` likewise, of what is `received`, `accepted`, `rejected` and
    `requests_refused`."""

    def __init__(self) -> None:
        self.said: dict[str, Counter[str]] = defaultdict(Counter)
        self.stored: dict[str, Counter[str]] = defaultdict(Counter)
        self._witnesses: list[Witness] = []
        self._requests = 0
        self._wrong: list[str] = []

    def enter(self, reply: Reply, witnesses: tuple[Witness, ...]) -> None:
        self._witnesses += witnesses
        for record in reply.records:
            self.stored[record.source]["accepted"] += len(record.events)
        for request in reply.kept:
            self.stored[request.source]["rejected"] += len(request.items)
        if reply.report is None or reply.report.source is None:
            self.stored[OF_NOBODY]["requests_refused"] += reply.answer.status >= 400
        elif reply.report.received and reply.work is not None:
            self.stored[reply.report.source]["received"] += len(reply.work.parsed.items)
        self._requests += 1
        if self._requests % AT_ONCE == 0:
            self._draw()

    def unbalanced(self) -> list[str]:
        """What does not hold, as sentences."""
        self._draw()
        return [*self._wrong, *self._differences()]

    def totals(self) -> Counter[str]:
        """Of all sources, as the ledger has it."""
        self._draw()
        return sum(self.said.values(), Counter())

    def _draw(self) -> None:
        """Nothing is missing, as of the moment in which everything arrived: what is not followed waits."""
        drawn = balance(self._witnesses, NOON + timedelta(minutes=1))
        self._witnesses = []
        self._wrong += _of(drawn)
        for (source, _), counts in drawn.counts.items():
            self.said[source].update({one.name: getattr(counts, one.name) for one in fields(Counts)})

    def _differences(self) -> Iterator[str]:
        for source in sorted(self.said.keys() | self.stored.keys()):
            said, stored = self.said[source], self.stored[source]
            for what in ("received", "accepted", "rejected", "requests_refused"):
                if said[what] != stored[what]:
                    yield f"{source}: the ledger has {said[what]} {what}, the stores have {stored[what]}"
            if said["received"] != said["accepted"] + said["rejected"]:
                yield f"{source}: received is not accepted + rejected"


def _of(drawn: Balance) -> Iterator[str]:
    for one in drawn.missing:
        yield f"{one.source}: {one.why}, record {one.place.number}"
    for (source, _), counts in drawn.counts.items():
        if counts.difference or counts.put_by_others or counts.put_aside:
            yield f"{source}: the ledger does not balance: {counts}"
