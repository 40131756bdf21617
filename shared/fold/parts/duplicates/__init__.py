"""Duplicates: what a client sends again is recognised for 24 hours.

An event is known by its source, id and name and the person it names: some senders number each user's events from 1. The
latest 512 events of a person are remembered, and besides them the latest requests, about 64, each as one: a request of
any size that comes again is recognised whole, where its events one by one would push each other out.

Hashes have 6 bytes: of 500 billion events one is taken for another of its person's. They stand in the profile by the
hour of their arrival on the stream: what is redriven arrives again. One shard may be days behind another that has
events of the same person. What is folded after newer arrivals stands with the newest: by its own hour it would be
forgotten at once.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.events import Event
from shared.fold.effects import Effect, Facts, Repeat
from shared.text.counting import number_of

name = "duplicates"
budget = 3_840
reads: tuple[str, ...] = ()

HOURS = 25
"""Of arrival that are kept, the current one included: what came at 10:59 is known until 11:00 of the next day."""

ENTRIES, WIDTH = 512, 6

FORMAT_1_WIDTH = 8
"""Bytes that hashes are made with: as they were stored until 2026-11-30, and their first bytes are the same."""

RECORD_BYTES, INDEX_BYTES, RECORDS, MOST_OPEN = WIDTH + 1, 2, 64, 16
"""A record's hash takes so many bytes, and each event of it that was not folded some more; they take as many together
as `RECORDS` of which all was folded. A record with more than `MOST_OPEN` others is not remembered as a whole."""

Records = dict[bytes, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Ring:
    """`hours`: hour since 1970 (UTC) → the hashes of the events that arrived in it, each `WIDTH` bytes. Some
    may have arrived before, but were folded after others of that hour.

    `records`: hour → hash of a record's events → the indexes of those that were not folded, refused for example: they
    are judged anew when they come again. Those that came last stand last.
    """

    hours: dict[int, bytes] = field(default_factory=dict)
    records: dict[int, Records] = field(default_factory=dict)


EMPTY = Ring()

HOUR = struct.Struct("<IH")
"""As they are stored: hours since 1970, and how many hashes follow."""


def apply(state: Ring, event: Event, facts: Facts) -> tuple[Ring, list[Effect]]:
    digest = _digest(hashlib.blake2b(_named(event), digest_size=FORMAT_1_WIDTH))
    for hashes in state.hours.values():
        if _has(hashes, digest):
            return state, [Repeat()]
    hour = max((_hour(facts.now), *state.hours))
    hours = {**state.hours, hour: state.hours.get(hour, b"") + digest}
    if hour in state.hours and sum(map(len, hours.values())) <= ENTRIES * WIDTH:
        return Ring(hours, state.records), []
    return Ring(_latest_events(hours), state.records), []


def digest_of(events: Sequence[Event]) -> bytes:
    """What a record of these events is known by."""
    digest = hashlib.blake2b(digest_size=FORMAT_1_WIDTH)
    for event in events:
        digest.update(_named(event) + b"\x1e")
    return _digest(digest)


def repeated(state: Ring, digest: bytes, events: Sequence[Event]) -> Collection[int]:
    """The indexes of a record's events that were folded before, if the whole record, known by `digest`, was."""
    for hour in sorted(state.records, reverse=True):
        if (not_folded := state.records[hour].get(digest)) is not None:
            return set(range(len(events))).difference(not_folded)
    return ()


def remember(
    state: Ring, digest: bytes, before: bytes | None, not_folded: Collection[int], now: datetime
) -> Ring:
    """The ring with a record as a whole, of whose events all but `not_folded` were folded now.

    One that is folded in portions is remembered as far as it was folded: `digest` is that of these events, and `before`
    that of those which were folded in portions before this one.
    """
    hours, open_before = _without(state.records, before) if before is not None else (state.records, ())
    if open_before is None or len(open_before) + len(not_folded) > MOST_OPEN:
        return Ring(state.hours, hours)
    hour, open_ = max((_hour(now), *state.hours, *state.records)), (*open_before, *sorted(not_folded))
    if any(records.get(digest) == open_ for records in hours.values()):
        return Ring(state.hours, hours)
    hours = {**hours, hour: {**hours.get(hour, {}), digest: open_}}
    if hour not in state.records or sum(map(_bytes, hours.values())) > RECORDS * RECORD_BYTES:
        hours = _latest_records(hours)
    return Ring(state.hours, hours)


def merge(one: Ring, other: Ring) -> Ring:
    hours = {
        hour: one.hours.get(hour, b"") + other.hours.get(hour, b"")
        for hour in one.hours.keys() | other.hours.keys()
    }
    records = {
        hour: {**one.records.get(hour, {}), **other.records.get(hour, {})}
        for hour in one.records.keys() | other.records.keys()
    }
    return Ring(_latest_events(hours), _latest_records(records))


def encode(state: Ring) -> bytes:
    """How many hours of events there are; each with its hashes; then hours of records, of each of these its hash, how
    many of its events were not folded, and their indexes."""
    parts = [bytes([len(state.hours)])]
    for hour, hashes in state.hours.items():
        parts += (HOUR.pack(hour, len(hashes) // WIDTH), hashes)
    for hour, records in state.records.items():
        parts.append(HOUR.pack(hour, len(records)))
        for digest, indexes in records.items():
            parts += (digest, bytes([len(indexes)]))
            if indexes:  # most records are folded whole
                parts.append(struct.pack(f"<{len(indexes)}H", *indexes))
    return b"".join(parts)


def decode(data: bytes) -> Ring:
    start = 1
    hours: dict[int, bytes] = {}
    for _ in range(data[0]):
        hour, count = HOUR.unpack_from(data, start)
        start += HOUR.size
        hours[hour] = data[start : start + count * WIDTH]
        start += count * WIDTH
    records: dict[int, Records] = {}
    while start < len(data):
        hour, count = HOUR.unpack_from(data, start)
        start += HOUR.size
        of_hour: Records = {}
        for _ in range(count):
            digest, indexes = data[start : start + WIDTH], data[start + WIDTH]
            start += RECORD_BYTES
            of_hour[digest] = struct.unpack_from(f"<{indexes}H", data, start) if indexes else ()
            start += INDEX_BYTES * indexes
        records[hour] = of_hour
    return Ring(hours, records)


def explain(state: Ring) -> str:
    events = sum(map(len, state.hours.values())) // WIDTH
    requests = sum(map(len, state.records.values()))
    return f"{number_of(events, 'event id')} and {number_of(requests, 'request')} remembered"


def _named(event: Event) -> bytes:
    """What an event is known by. The person is the one it names: that stays when people are joined.

    Where it names a visitor, that is who: Segment's SDK in the browser, when it sends a visitor's event again, adds the
    user id that the visitor has meanwhile.
    """
    if event.anonymous_id is not None:
        return f"{event.source}\x1f{event.id}\x1f{event.name}\x1fanonymous:{event.anonymous_id}".encode()
    return "\x1f".join((event.source, event.id, event.name, *event.identities[:1])).encode()


def _digest(made: hashlib.blake2b) -> bytes:
    return made.digest()[:WIDTH]


def _has(hashes: bytes, digest: bytes) -> bool:
    """Whether it is one of them, not only somewhere across two."""
    at = hashes.find(digest)
    while at >= 0 and at % WIDTH:
        at = hashes.find(digest, at + 1)
    return at >= 0


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def _without(hours: dict[int, Records], digest: bytes) -> tuple[dict[int, Records], tuple[int, ...] | None]:
    """The records but for this one, and which events of it were not folded; None if it is not remembered."""
    for hour, records in hours.items():
        if digest in records:
            others = {known: indexes for known, indexes in records.items() if known != digest}
            return {**hours, hour: others}, records[digest]
    return hours, None


def _latest_events(hours: dict[int, bytes]) -> dict[int, bytes]:
    newest, room = max(hours, default=0), ENTRIES * WIDTH
    kept: dict[int, bytes] = {}
    for hour in sorted(hours, reverse=True):
        if hour <= newest - HOURS or room == 0:
            break
        kept[hour] = hours[hour][-room:]
        room -= len(kept[hour])
    return kept


def _latest_records(hours: dict[int, Records]) -> dict[int, Records]:
    newest, room = max(hours, default=0), RECORDS * RECORD_BYTES
    kept: dict[int, Records] = {}
    for hour in sorted(hours, reverse=True):
        if hour <= newest - HOURS:
            break
        records = dict(hours[hour])
        while records and _bytes(records) > room:
            del records[next(iter(records))]
        room -= _bytes(records)
        if records:
            kept[hour] = records
    return kept


def _bytes(records: Records) -> int:
    return RECORD_BYTES * len(records) + INDEX_BYTES * sum(map(len, records.values()))
