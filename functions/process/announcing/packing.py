"""Pack the events of many records into few items: archive rows into bus entries, and a person's latest events into
timeline chunks.

Both are billed by size. Each item has the positions of the records that it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import NamedTuple

from functions.process.announcing.decided import Decided
from shared.bus_entries import LARGEST_DETAIL, EventBatch
from shared.doctor import days_kept
from shared.people.timeline import Chunk, chunk
from shared.people.timeline_rows import Row
from shared.records import LARGEST

FIRST_BYTES = 160 * 1024
"""Bytes of JSON for the first entry, before it is known how well these rows compress."""

MOST_BYTES = 1024 * 1024
"""Bytes of JSON in one entry, even if they compress well, because the reader holds them in memory."""

MARGIN = 0.95
"""The next rows may compress a little worse than the last ones did."""

CHUNK_BYTES = LARGEST
"""Bytes of a timeline chunk: a person's records share one up to the size of the largest single record."""

Positions = tuple[int, ...]


class Stored(NamedTuple):
    """A record at its position, and what of it, or with it, goes into a chunk."""

    position: int
    record: Decided
    rows: Sequence[Row]


def batches(rows: Sequence[tuple[int, bytes]]) -> list[tuple[EventBatch, Positions]]:
    """Pack rows, as (position of the record, JSON), into as few entries as possible."""
    packed: list[tuple[EventBatch, Positions]] = []
    start, room = 0, FIRST_BYTES
    while start < len(rows):
        end, size = start, 0
        while end < len(rows) and (end == start or size + len(rows[end][1]) <= room):
            size += len(rows[end][1])
            end += 1
        fitting = _fitting(rows[start:end])
        packed += fitting
        ratio = size / sum(len(batch.rows) for batch, _ in fitting)
        start, room = end, min(int(ratio * LARGEST_DETAIL * MARGIN), MOST_BYTES)
    return packed


def chunks(stored: Sequence[Stored], days: int) -> list[tuple[Chunk, Positions]]:
    """Each person's records in as few chunks as fit, to be kept so many days."""
    of_person: dict[str, list[Stored]] = {}
    for one in stored:
        of_person.setdefault(one.record.person.key, []).append(one)
    packed: list[tuple[Chunk, Positions]] = []
    for person, records in of_person.items():
        start = size = 0
        for end, one in enumerate(records):
            if end > start and size + len(one.record.arrival.data) > CHUNK_BYTES:
                packed.append(_chunk(person, records[start:end], days))
                start, size = end, 0
            size += len(one.record.arrival.data)
        packed.append(_chunk(person, records[start:], days))
    return packed


def _fitting(rows: Sequence[tuple[int, bytes]]) -> list[tuple[EventBatch, Positions]]:
    """One entry, or two halves where it would be too large. A single row is an entry whatever its size."""
    batch = EventBatch.packing([row for _, row in rows])
    if len(batch.rows) <= LARGEST_DETAIL or len(rows) == 1:
        return [(batch, tuple(sorted({position for position, _ in rows})))]
    half = len(rows) // 2
    return [*_fitting(rows[:half]), *_fitting(rows[half:])]


def _chunk(person: str, records: Sequence[Stored], days: int) -> tuple[Chunk, Positions]:
    rows = [row for one in records for row in one.rows]
    days = max(days_kept(one.record.arrival.record.source, days) for one in records)
    made = records[0].record.recent.chunk
    data = made.data if made is not None and _same(made.rows, rows) else None
    return chunk(person, rows, days, data), tuple(one.position for one in records)


def _same(some: Sequence[Row], others: Sequence[Row]) -> bool:
    """Whether they are the very same rows: what is only equal, as 1 and true are, may be packed otherwise."""
    return len(some) == len(others) and all(map(is_, some, others))
