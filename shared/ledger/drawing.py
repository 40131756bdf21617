"""Drawing the balance: out of all witnesses at once, or slice by slice where they are too many for that."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from shared.ledger.balance import GRACE, Balance, Missing, Rows, Why
from shared.ledger.lines import Processed, Put, Requested, Shop, Witness, hour_of
from shared.ledger.places import Place
from shared.ledger.requests import Requests
from shared.ledger.said import Said, gathered
from shared.ledger.samples import LatestMessages, SampledRows
from shared.ledger.slices import Part, Piece


def balance(
    witnesses: Iterable[Witness], until: datetime, given_up: Collection[int] = (), grace: timedelta = GRACE
) -> Balance:
    """What became of every record that the witnesses name, as of `until`. `given_up` are sequence numbers of records
    that wait in batches which the stream gave up."""
    drawing = Drawing(until, given_up, grace)
    drawing.add(witnesses)
    return drawing.drawn()


class Drawing:
    """`first` is the hour to begin with: of what arrived before, the requests may not have been read. `most_rows` and
    `most_messages` are how many are kept, None for all of them."""

    def __init__(
        self,
        until: datetime,
        given_up: Collection[int] = (),
        grace: timedelta = GRACE,
        *,
        first: int = 0,
        most_rows: int | None = None,
        most_messages: int | None = None,
    ) -> None:
        self._settled = until - grace
        self._given_up = frozenset(given_up)
        self._first = first
        self._made = Balance()
        self._requests = Requests()
        self._rows = SampledRows(most_rows)
        self._messages = LatestMessages(most_messages)

    def add(self, pieces: Iterable[Piece]) -> None:
        """All that is said of the records and messages of one slice."""
        puts: list[Put | Part] = []
        processed: list[Processed] = []
        messages: dict[Shop, dict[str, datetime]] = {}
        for one in pieces:
            if isinstance(one, Put | Part):
                puts.append(one)
            elif isinstance(one, Processed):
                processed.append(one)
            else:
                _note(one, messages)
        records = gathered(processed)
        made = self._made
        for put in puts:
            if isinstance(put, Part):
                self._requests.enter_part(put, records, made)
            else:
                self._requests.enter(put, records, made)
        announced = {
            place.number
            for put in puts
            for place in put.places
            if not put.follows_again or place.number in records
        }
        for record in records.values():
            if record.number not in announced:
                made.of(record.shop).put_by_others += record.events
            self._settle(record)
        made.records += len(records.keys() | announced)
        for shop, ids in messages.items():
            if shop[1] >= self._first:
                self._messages.add(shop, ids.items())

    def cut(self, puts: Iterable[Put]) -> None:
        """The requests whose parts were in the slices, in the order of their numbers. After all slices."""
        self._requests.cut(puts, self._made)

    def drawn(self) -> Balance:
        """Nothing is added after that."""
        made, first = self._made, self._first
        self._requests.settle(made, self._given_up, self._settled)
        for counts in made.counts.values():
            counts.difference = counts.accepted + counts.put_by_others - counts.ended
        made.counts = {shop: one for shop, one in made.counts.items() if shop[1] >= first}
        made.missing = sorted(
            (one for one in made.missing if hour_of(one.put_at) >= first),
            key=lambda one: (one.put_at, one.place),
        )
        made.rows, made.archived, made.endings = self._rows.kept, self._rows.records, self._rows.endings
        made.messages, made.requested = self._messages.kept, self._messages.requested
        return made

    def _settle(self, record: Said) -> None:
        made = self._made
        counts = made.of(record.shop)
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
        if (rows or derived) and record.shop[1] >= self._first:
            self._rows.add(record.number, Rows(record.shop, rows, derived, record.at))
        left = record.events - record.accounted
        if left <= 0 and not record.comes_again:
            return
        if record.is_done and not record.comes_again:
            counts.done_before += left
        elif record.number in self._given_up:
            counts.given_up += left
        elif record.comes_again or record.at >= self._settled:
            counts.waiting += left
            made.waiting += 1
        else:
            counts.missing += left
            place = Place(record.shard, record.number)
            made.missing.append(Missing(place, record.shop[0], record.at, left, Why.IN_PART))


def _note(one: Requested, messages: dict[Shop, dict[str, datetime]]) -> None:
    of_hour = messages.setdefault((one.campaign, one.hour), {})
    for message in one.messages:
        of_hour.setdefault(message, one.at)
