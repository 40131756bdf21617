"""What is remembered of events and records, by the hour of their arrival, and what is forgotten first."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.times import EPOCH

HOURS = 25
"""Of arrival that are kept, the current one included: what came at 10:59 is known until 11:00 of the next day."""

ENTRIES, WIDTH = 512, 6

RECORD_BYTES, INDEX_BYTES, RECORDS, MOST_OPEN = WIDTH + 1, 2, 64, 16
"""A record's hash takes so many bytes, and each event of it that was not folded some more; they take as many together
as `RECORDS` of which all was folded. A record with more than `MOST_OPEN` others is not remembered as a whole."""

Records = dict[bytes, tuple[int, ...]]


class Ring(NamedTuple):
    """`hours`: hour since 1970 (UTC) → the hashes of the events that arrived in it, each `WIDTH` bytes. Some
    may have arrived before, but were folded after others of that hour.

    `records`: hour → hash of a record's events → the indexes of those that were not folded, refused for example: they
    are judged anew when they come again. Those that came last stand last.
    """

    hours: dict[int, bytes]
    records: dict[int, Records]


EMPTY = Ring({}, {})


def hour_of(at: datetime) -> int:
    since = at - EPOCH
    return since.days * 24 + since.seconds // 3600


def latest_events(hours: dict[int, bytes]) -> dict[int, bytes]:
    newest, room = max(hours, default=0), ENTRIES * WIDTH
    kept: dict[int, bytes] = {}
    for hour in sorted(hours, reverse=True):
        if hour <= newest - HOURS or room == 0:
            break
        kept[hour] = hours[hour][-room:]
        room -= len(kept[hour])
    return kept


def latest_records(hours: dict[int, Records]) -> dict[int, Records]:
    newest, room = max(hours, default=0), RECORDS * RECORD_BYTES
    kept: dict[int, Records] = {}
    for hour in sorted(hours, reverse=True):
        if hour <= newest - HOURS:
            break
        records = dict(hours[hour])
        while records and bytes_of(records) > room:
            del records[next(iter(records))]
        room -= bytes_of(records)
        if records:
            kept[hour] = records
    return kept


def bytes_of(records: Records) -> int:
    return RECORD_BYTES * len(records) + INDEX_BYTES * sum(map(len, records.values()))
