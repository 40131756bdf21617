"""The balance: every record that was put on the stream is accounted for, or is named as missing.

Each record is counted once, by its sequence number, however often it was delivered and by whomever it was named. What
is not done yet is waiting: it will be delivered again, or is so young that nobody need have read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.ledger.lines import Processed, Put, Shop, Witness, hour_of
from shared.ledger.outcomes import Outcome, Portion
from shared.ledger.places import Place
from shared.records import RETENTION

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
    messages: dict[Shop, dict[str, datetime]] = field(default_factory=dict)
    records: int = 0
    lost_rejected: int = 0
    """Rejected events that the laptop's emulator may have lost from their table."""

    @property
    def is_balanced(self) -> bool:
        return not self.missing and all(one.difference == 0 for one in self.counts.values())

    def from_hour(self, first: int) -> Balance:
        """Without what arrived before that hour: its requests may not have been read."""
        return Balance(
            {shop: one for shop, one in self.counts.items() if shop[1] >= first},
            [one for one in self.missing if hour_of(one.put_at) >= first],
            self.waiting,
            {number: one for number, one in self.rows.items() if one.shop[1] >= first},
            {shop: ids for shop, ids in self.messages.items() if shop[1] >= first},
            self.records,
            self.lost_rejected,
        )

    def of(self, shop: Shop) -> Counts:
        return self.counts.setdefault(shop, Counts())


@dataclass(slots=True)
class _Record:
    """What all lines together say of it."""

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


def balance(
    witnesses: Iterable[Witness], until: datetime, given_up: Collection[int] = (), grace: timedelta = GRACE
) -> Balance:
    """What became of every record that the witnesses name, as of `until`. `given_up` are sequence numbers of records
    that wait in batches which the stream gave up."""
    puts: list[Put] = []
    records: dict[int, _Record] = {}
    made = Balance()
    for one in witnesses:
        if isinstance(one, Put):
            puts.append(one)
        elif isinstance(one, Processed):
            _note(one, records)
        else:
            of_hour = made.messages.setdefault((one.campaign, one.hour), {})
            for message in one.messages:
                of_hour.setdefault(message, one.at)
    given = frozenset(given_up)
    read_up_to = _read_up_to(puts, records)
    announced: set[int] = set()
    for put in puts:
        _enter(put, made, records, announced, given, until - grace, read_up_to)
    for record in records.values():
        counts = made.of(record.shop)
        if record.number not in announced:
            counts.put_by_others += record.events
        _settle(record, made, counts, given, until - grace)
    made.records = len(records.keys() | announced)
    for counts in made.counts.values():
        ended = (
            counts.folded + counts.duplicates + counts.refused + counts.put_aside + counts.done_before
            + counts.waiting + counts.given_up + counts.missing
        )  # fmt: skip
        counts.difference = counts.accepted + counts.put_by_others - ended
    made.missing.sort(key=lambda one: (one.put_at, one.place))
    return made


def _note(said: Processed, records: dict[int, _Record]) -> None:
    for outcome in said.outcomes:
        record = records.get(outcome.number)
        if record is None:
            shop = (said.source, said.hour) if said.hour else (said.source, hour_of(said.at))
            record = records[outcome.number] = _Record(
                outcome.number, said.shard, shop, said.at, outcome.events
            )
        record.add(outcome, said.at)


def _read_up_to(puts: Iterable[Put], records: Mapping[int, _Record]) -> dict[int, datetime]:
    """For each shard, when the youngest of its records was put of which anything was said."""
    found: dict[int, datetime] = {}
    for put in puts:
        for place in put.places:
            if place.number in records and (place.shard not in found or found[place.shard] < put.at):
                found[place.shard] = put.at
    return found


def _enter(
    put: Put,
    made: Balance,
    records: Mapping[int, _Record],
    announced: set[int],
    given_up: Collection[int],
    settled: datetime,
    read_up_to: Mapping[int, datetime],
) -> None:
    """One request. It belongs to the hour of its arrival, which its records know; the line is written after that."""
    if not (put.places or put.received or put.refused):
        return
    if put.follows_again:  # the records that are gone are nobody's loss
        put = put._replace(places=tuple(place for place in put.places if place.number in records))
        if not put.places:
            return
    known = [records[place.number] for place in put.places if place.number in records]
    shop = known[0].shop if known else (put.source or "?", hour_of(put.at))
    counts = made.of(shop)
    counts.received += put.received
    counts.rejected += put.rejected
    counts.requests_refused += put.refused
    if put.is_void:
        made.lost_rejected += put.rejected
    unknown = [place for place in put.places if place.number not in records]
    announced.update(place.number for place in put.places)
    said = sum(record.events for record in known)
    for record in known:
        made.of(record.shop).accepted += record.events
    if put.events is not None and not unknown and any(record.events == 0 for record in known):
        counts.put_aside += (
            put.events - said
        )  # of a record that nobody can read, its request says how many it had
        counts.accepted += put.events - said
    if not unknown:
        return
    left = None if put.events is None else max(put.events - said, 0)
    counts.accepted += len(unknown) if left is None else left
    ends = [(_end(place, put, given_up, settled, read_up_to), place) for place in unknown]
    share = _shares(left, len(unknown))
    for (end, place), events in zip(ends, share, strict=True):
        counted = 1 if events is None else events
        if end == "given_up":
            counts.given_up += counted
        elif end == "waiting":
            counts.waiting += counted
            made.waiting += 1
        else:
            counts.missing += counted
            why = Why.LOST_WITH_THE_EMULATOR if put.is_void else Why.NOT_SAID
            made.missing.append(Missing(place, shop[0], put.at, events, why))


def _shares(events: int | None, records: int) -> list[int | None]:
    """How many each of them has, if nobody knows more than their sum."""
    if events is None:
        return [None] * records
    each, more = divmod(events, records)
    return [each + (at < more) for at in range(records)]


def _end(
    place: Place,
    put: Put,
    given_up: Collection[int],
    settled: datetime,
    read_up_to: Mapping[int, datetime],
) -> str:
    """What is to be thought of a record of which nobody says anything. One that was put a while before others of its
    shard which were read has been read too; one that comes after all that was read waits."""
    if place.number in given_up:
        return "given_up"
    if put.is_void:
        return "missing"
    last = read_up_to.get(place.shard)
    was_passed = last is not None and last > put.at
    is_gone = put.at < settled - RETENTION
    return "missing" if is_gone or (was_passed and put.at < settled) else "waiting"


def _settle(
    record: _Record, made: Balance, counts: Counts, given_up: Collection[int], settled: datetime
) -> None:
    rows = derived = 0
    for portion in record.portions.values():
        counts.folded += portion.folded
        counts.duplicates += portion.duplicates
        counts.refused += portion.refused
        counts.put_aside += portion.aside
        rows += portion.rows
        derived += portion.derived
    counts.rows += rows
    counts.derived += derived
    if rows or derived:
        made.rows[record.number] = Rows(record.shop, rows, derived, record.at)
    left = record.events - record.accounted
    if left <= 0 and not record.comes_again:
        return
    if record.is_done and not record.comes_again:
        counts.done_before += left
    elif record.number in given_up:
        counts.given_up += left
    elif record.comes_again or record.at >= settled:
        counts.waiting += left
        made.waiting += 1
    else:
        counts.missing += left
        place = Place(record.shard, record.number)
        made.missing.append(Missing(place, record.shop[0], record.at, left, Why.IN_PART))
