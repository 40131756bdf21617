"""The balance: every record that was put on the stream is accounted for, or is named as missing.

Each record is counted once, by its sequence number, however often it was delivered and by whomever it was named. What
is not done yet is waiting: it will be delivered again, or is so young that nobody need have read it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.ledger.lines import Shop
from shared.ledger.places import Place

GRACE = timedelta(minutes=10)
"""How long nobody need say anything of a record. It is more than a batch's window, its time-out and a line's way to
the log together."""


class Why(StrEnum):
    """What is known of a record that is missing."""

    NOT_SAID = "nobody_says_what_became_of_it"
    IN_PART = "some_of_its_events_are_unaccounted_for"
    LOST_WITH_THE_EMULATOR = "lost_with_the_emulator"


class Missing(NamedTuple):
    """`events` are those that are unaccounted for; None where no line says how many there were. `put_at` is when it
    was put on the stream, or first named."""

    place: Place
    source: str
    put_at: datetime
    events: int | None
    why: Why


@dataclass(slots=True)
class Counts:
    """Of one source and hour, in events, but for `requests_refused`. `accepted` and `put_by_others` are as many as the
    rest from `folded` on; `received` are `accepted` and `rejected`.

    `put_by_others`: records of which no line says who put them: somebody retried dead letters, or the line is lost.
    `done_before`: done, but the line that said how is lost. `rows` and `derived` were handed on to the archive.
    """

    received: int = 0
    rejected: int = 0
    requests_refused: int = 0
    accepted: int = 0
    put_by_others: int = 0
    folded: int = 0
    duplicates: int = 0
    refused: int = 0
    put_aside: int = 0
    done_before: int = 0
    waiting: int = 0
    given_up: int = 0
    missing: int = 0
    rows: int = 0
    derived: int = 0
    difference: int = 0
    """By how many events the two sides differ, with what is missing counted."""

    @property
    def ended(self) -> int:
        """Events of which it is known where they are, or that they are nowhere."""
        return (
            self.folded + self.duplicates + self.refused + self.put_aside + self.done_before
            + self.waiting + self.given_up + self.missing
        )  # fmt: skip


class Rows(NamedTuple):
    """What a record handed on to the archive, its own events and what followed from them; first said `at`."""

    shop: Shop
    own: int
    derived: int
    at: datetime


@dataclass(slots=True)
class Balance:
    """`rows` are by sequence number. `messages` are the ids that each campaign requested in each hour, and when."""

    counts: dict[Shop, Counts] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    waiting: int = 0
    """Records."""
    rows: dict[int, Rows] = field(default_factory=dict)
    archived: int = 0
    """Records that handed rows on: as many as `rows`, or more where only a sample of them is kept."""
    endings: range | None = None
    """Which records a sample has: those whose numbers end so, `shared.ledger.samples`. None for all."""
    messages: dict[Shop, dict[str, datetime]] = field(default_factory=dict)
    requested: Counter[Shop] = field(default_factory=Counter)
    """Messages: as many as `messages`, or more where only the latest are kept."""
    records: int = 0
    lost_rejected: int = 0
    """Rejected events that the laptop's emulator may have lost from their table."""

    @property
    def is_balanced(self) -> bool:
        return not self.missing and all(one.difference == 0 for one in self.counts.values())

    def of(self, shop: Shop) -> Counts:
        return self.counts.setdefault(shop, Counts())
