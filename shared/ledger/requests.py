"""Requests, and what became of their records: those of which somebody said something, and those of which nobody did.

A request belongs to the hour of its arrival, which its records know; its line is written after that. What is to be
thought of a record of which nobody says anything is known when all is read: until then its request is *open*.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from shared.ledger.balance import Balance, Missing, Why
from shared.ledger.lines import Put, Shop, hour_of
from shared.ledger.places import Place
from shared.ledger.said import Said
from shared.ledger.slices import Part
from shared.records import RETENTION


class Open(NamedTuple):
    """`said` are events of its other records; nobody says anything of the `unknown`."""

    put: Put
    shop: Shop
    said: int
    unknown: list[Place]


class Requests:
    """Requests are entered whole, or by their parts and then `cut`."""

    def __init__(self) -> None:
        self._open: list[Open] = []
        self._parts = _Parts()
        self._read_up_to: dict[int, datetime] = {}

    def enter(self, put: Put, records: Mapping[int, Said], made: Balance) -> None:
        """A request with all its records."""
        if not (put.places or put.received or put.refused):
            return
        known, unknown = self._known(put, records, made)
        shop = _shop((record.shop for record in known if record.events), known)
        said = sum(record.events for record in known)
        self._close(put, shop, said, any(record.events == 0 for record in known), unknown, made)

    def enter_part(self, part: Part, records: Mapping[int, Said], made: Balance) -> None:
        known, unknown = self._known(part, records, made)
        self._parts.add(part.request, known, unknown)

    def cut(self, puts: Iterable[Put], made: Balance) -> None:
        """What those requests say of themselves whose parts are entered, in the order in which they were cut."""
        for request, put in enumerate(puts):
            shop, said, has_unreadable, unknown = self._parts.of(request)
            self._close(put, shop, said, has_unreadable, unknown, made)

    def settle(self, made: Balance, given_up: Collection[int], settled: datetime) -> None:
        """Say of all that is open how it ends. Nothing is entered after that."""
        for put, shop, said, unknown in self._open:
            counts = made.of(shop)
            left = None if put.events is None else max(put.events - said, 0)
            counts.accepted += len(unknown) if left is None else left
            share = _shares(left, len(unknown))
            for place, events in zip(sorted(unknown), share, strict=True):
                counted = 1 if events is None else events
                end = self._end(place, put, given_up, settled)
                if end == "given_up":
                    counts.given_up += counted
                elif end == "waiting":
                    counts.waiting += counted
                    made.waiting += 1
                else:
                    counts.missing += counted
                    why = Why.LOST_WITH_THE_EMULATOR if put.is_void else Why.NOT_SAID
                    made.missing.append(Missing(place, shop[0], put.at, events, why))

    def _known(
        self, of: Put | Part, records: Mapping[int, Said], made: Balance
    ) -> tuple[list[Said], list[Place]]:
        known: list[Said] = []
        unknown: list[Place] = []
        for place in of.places:
            record = records.get(place.number)
            if record is None:
                if not of.follows_again:  # else it is nobody's loss that it is gone
                    unknown.append(place)
                continue
            known.append(record)
            made.of(record.shop).accepted += record.events
            last = self._read_up_to.get(place.shard)
            if last is None or last < of.at:
                self._read_up_to[place.shard] = of.at
        return known, unknown

    def _close(
        self,
        put: Put,
        shop: Shop | None,
        said: int,
        has_unreadable: bool,
        unknown: list[Place],
        made: Balance,
    ) -> None:
        if put.follows_again and shop is None:
            return  # nothing is known of it, and nothing is to be
        shop = shop or (put.source or "?", hour_of(put.at))
        counts = made.of(shop)
        counts.received += put.received
        counts.rejected += put.rejected
        counts.requests_refused += put.refused
        if put.is_void:
            made.lost_rejected += put.rejected
        if unknown:
            self._open.append(Open(put, shop, said, unknown))
        elif has_unreadable and put.events is not None:
            counts.put_aside += put.events - said  # the request says how many it had
            counts.accepted += put.events - said

    def _end(self, place: Place, put: Put, given_up: Collection[int], settled: datetime) -> str:
        """What is to be thought of a record of which nobody says anything. One that was put a while before others of
        its shard which were read has been read too; one that comes after all that was read waits."""
        if place.number in given_up:
            return "given_up"
        if put.is_void:
            return "missing"
        last = self._read_up_to.get(place.shard)
        was_passed = last is not None and last > put.at
        is_gone = put.at < settled - RETENTION
        return "missing" if is_gone or (was_passed and put.at < settled) else "waiting"


class _Parts:
    """What is known of the requests that were cut: some bytes each, and the records of which nobody says anything."""

    def __init__(self) -> None:
        self._said = array("q")
        self._shop = array("q")
        self._shops: dict[Shop, int] = {}
        self._names: list[Shop] = []
        self._unreadable: dict[int, Shop] = {}
        self._unknown: dict[int, list[Place]] = {}

    def add(self, request: int, known: list[Said], unknown: list[Place]) -> None:
        if (new := request + 1 - len(self._said)) > 0:
            self._said.extend([0] * new)
            self._shop.extend([-1] * new)
        for record in known:
            self._said[request] += record.events
            if record.events:
                self._shop[request] = self._number_of(record.shop)
            else:
                self._unreadable[request] = record.shop
        if unknown:
            self._unknown.setdefault(request, []).extend(unknown)

    def _number_of(self, shop: Shop) -> int:
        found = self._shops.get(shop)
        if found is None:
            found = self._shops[shop] = len(self._names)
            self._names.append(shop)
        return found

    def of(self, request: int) -> tuple[Shop | None, int, bool, list[Place]]:
        shop = self._shop[request]
        return (
            self._names[shop] if shop >= 0 else self._unreadable.get(request),
            self._said[request],
            request in self._unreadable,
            self._unknown.get(request, []),
        )


def _shop(readable: Iterable[Shop], known: list[Said]) -> Shop | None:
    """Of a record that can be read: others do not know whose they are."""
    return next(iter(readable), known[0].shop if known else None)


def _shares(events: int | None, records: int) -> list[int | None]:
    """How many each of them has, if nobody knows more than their sum."""
    if events is None:
        return [None] * records
    each, more = divmod(events, records)
    return [each + (at < more) for at in range(records)]
