"""What all lines together say of a record, however often it was delivered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shared.ledger.lines import Processed, Shop, hour_of
from shared.ledger.outcomes import Outcome, Portion


@dataclass(slots=True)
class Said:
    """`at` is when it was first named. `events` is how many it has; 0 of one that nobody can read."""

    number: int
    shard: int
    shop: Shop
    at: datetime
    events: int
    portions: dict[tuple[int, int], Portion] = field(default_factory=dict)
    is_done: bool = False
    said_last: datetime | None = None
    comes_again: bool = False

    def add(self, said: Outcome, at: datetime) -> None:
        for portion in said.portions:
            self.portions.setdefault((portion.start, portion.turn), portion)
        self.is_done |= said.is_done or (said.events == 0 and not said.comes_again)
        if self.said_last is None or at >= self.said_last:
            self.said_last, self.comes_again = at, said.comes_again
        self.events = max(self.events, said.events)

    @property
    def accounted(self) -> int:
        return sum(portion.events for portion in self.portions.values())


def gathered(lines: Iterable[Processed]) -> dict[int, Said]:
    """By sequence number."""
    found: dict[int, Said] = {}
    for line in lines:
        for outcome in line.outcomes:
            record = found.get(outcome.number)
            if record is None:
                shop = (line.source, line.hour) if line.hour else (line.source, hour_of(line.at))
                record = found[outcome.number] = Said(
                    outcome.number, line.shard, shop, line.at, outcome.events
                )
            record.add(outcome, line.at)
    return found
