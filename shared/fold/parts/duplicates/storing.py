"""The ring as it is stored."""

from __future__ import annotations

import struct

from shared.fold.parts.duplicates.ring import INDEX_BYTES, RECORD_BYTES, WIDTH, Records, Ring

HOUR = struct.Struct("<IH")
"""As they are stored: hours since 1970, and how many hashes follow."""


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
