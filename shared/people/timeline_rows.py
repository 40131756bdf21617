"""How events of a timeline are stored: column by column, compressed, with the UUIDs of their ids beside that.

1. a byte for the format, and how many ids end with a UUID: in one byte, or, behind 255, in two more (little-endian);
2. those UUIDs, sixteen bytes each: random bytes among text would make the text take more;
3. a zstd frame without its magic number: JSON, in which what separates texts and lists is one byte. JSON escapes those
   bytes wherever a text has them.

The JSON is a list. The unit of the times, in microseconds; the first arrival; then columns: the ids (what stands before
the UUID), the positions of those that end with none; types, names, sources; when the events happened and when they
arrived, both after the first arrival; which names of properties each has; those lists of names, and for each of them
and each of its names the values. A column that has the same value throughout is that value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import repeat
from math import gcd
from typing import Any, NamedTuple

import orjson

from shared.events import Event
from shared.fold import packing
from shared.times import microseconds

FORMAT, FORMAT_2 = 3, 2
"""The first byte. Format 2 has it inside the frame, which begins with a magic number; and until 2026-11-30 that was a
bracket."""

SHORTER = ((b'","', b"\x01"), (b'"],["', b"\x02"), (b"],[", b"\x03"), (b'":"', b"\x04"))
"""What is frequent in JSON, and the byte it is written as."""

UUID, UUID_TEXT = 16, 36
"""Bytes of a UUID, and characters of its usual spelling."""

MANY = 255

MILLISECOND = 1_000


RowKey = tuple[str, str, str]


class Row(NamedTuple):
    """An event as the timeline keeps it, without its context. Times are microseconds since 1970."""

    id: str
    type: str
    name: str
    source: str
    occurred: int
    received: int
    properties: dict[str, Any]

    @property
    def key(self) -> RowKey:
        """What tells events of one person apart."""
        return self.source, self.id, self.name


def row(event: Event) -> Row:
    return Row(
        event.id,
        event.type,
        event.name,
        event.source,
        microseconds(event.occurred_at),
        microseconds(event.received_at),
        event.properties,
    )


def packed(rows: Sequence[Row]) -> bytes:
    """The rows as they are stored. The same rows always make the same bytes."""
    return framed(*written(rows))


def framed(json: bytes, uuids: Sequence[bytes]) -> bytes:
    """What is `written`, as it is stored."""
    from shared.fold.formats.compression import MAGIC, ROWS, compressed  # not every function has the library

    count = len(uuids)
    counted = bytes([count]) if count < MANY else bytes([MANY]) + count.to_bytes(2, "little")
    return b"".join((bytes([FORMAT]), counted, *uuids, compressed(json, ROWS)[len(MAGIC) :]))


def written(rows: Sequence[Row]) -> tuple[bytes, list[bytes]]:
    """The columns, before they are compressed, and the UUIDs."""
    known_as, types, names, sources, occurred, received, properties = zip(*rows, strict=True)
    ids, whole, uuids = list[str](), list[int](), list[bytes]()
    for position, id_ in enumerate(known_as):
        ends_with = packing.uuid(id_[-UUID_TEXT:])
        if ends_with is None:
            ids.append(id_)
            whole.append(position)
        else:
            ids.append(id_[:-UUID_TEXT])
            uuids.append(ends_with)
    named: dict[tuple[str, ...], list[Iterable[Any]]] = {}
    for one in properties:
        named.setdefault(tuple(one), []).append(one.values())
    places = {names_of: place for place, names_of in enumerate(named)}
    first = received[0]
    unit = MILLISECOND if gcd(MILLISECOND, *occurred, *received) == MILLISECOND else 1
    json = orjson.dumps(
        (
            unit,
            first // unit,
            _column(ids),
            whole,
            _column(types),
            _column(names),
            _column(sources),
            _column([(at - first) // unit for at in occurred]),
            _column([(at - first) // unit for at in received]),
            _column([places[tuple(one)] for one in properties]),
            list(named),
            [list(zip(*values, strict=True)) for values in named.values()],
        ),
        option=orjson.OPT_UTC_Z,
    )
    return reduce(lambda text, pair: text.replace(*pair), SHORTER, json), uuids


def unpacked(data: bytes) -> list[Row]:
    """The rows that were packed. Those of older versions are read, too."""
    from shared.fold.formats.compression import MAGIC, decompressed

    if data[0] != FORMAT:
        return _of_before(decompressed(data))
    count, start = (data[1], 2) if data[1] < MANY else (int.from_bytes(data[2:4], "little"), 4)
    end = start + UUID * count
    text = decompressed(MAGIC + data[end:])
    json = orjson.loads(reduce(lambda text, pair: text.replace(pair[1], pair[0]), SHORTER, text))
    return list(_rows(json, data[start:end]))


def _rows(json: list[Any], uuids: bytes) -> Iterator[Row]:
    unit, first, ids, without, types, names, sources, occurred, received, places, named, values = json
    columns = (ids, types, names, sources, occurred, received, places)
    count = len(uuids) // UUID + len(without)
    each = [column if isinstance(column, list) else [column] * count for column in columns]
    whole, at = set(without), 0
    values_of = [zip(*of, strict=True) if of else repeat(()) for of in values]
    for position, (id_, type_, name, source, happened, came, place) in enumerate(zip(*each, strict=True)):
        known_as = id_
        if position not in whole:
            known_as += packing.uuid_text(uuids[at : at + UUID])
            at += UUID
        properties = dict(zip(named[place], next(values_of[place]), strict=True))
        yield Row(known_as, type_, name, source, (first + happened) * unit, (first + came) * unit, properties)


def _column(values: Sequence[Any]) -> Any:
    """The column; or its value, where it has only one."""
    return values[0] if values.count(values[0]) == len(values) else values


def _of_before(whole: bytes) -> list[Row]:
    """Rows of format 2, each a list, the UUIDs behind all of them; or, before that, a list of objects."""
    if whole[0] != FORMAT_2:
        return [row(Event(**one, anonymous_id="-", protocol="headrace")) for one in orjson.loads(whole)]
    at = 5 + int.from_bytes(whole[1:5], "little")
    first, rows = orjson.loads(whole[5:at])
    found = []
    for known_as, type_, name, source, occurred, received, properties in rows:
        if isinstance(known_as, list):
            known_as = known_as[0] + packing.uuid_text(whole[at : at + UUID])
            at += UUID
        found.append(Row(known_as, type_, name, source, first + occurred, first + received, properties))
    return found
