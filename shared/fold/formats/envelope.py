"""Format 2 of a stored profile, before it is compressed: a header, then the slices as their parts wrote them.

The header says when the person was first seen, when the item wants attention, the person's logical time, and of each
slice its part's name, its length and when its part wants to be woken: `shared.fold.formats.header`. So a version reads
what it knows and writes back what it does not know, and keeps that one's time. What belongs to no part stands
among the slices, under names with a #; twice, where two people became one in a version that did not know it.

Format 1, until 2026-11-30, was one JSON object: `shared.fold.formats.format_1`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.fold import packing
from shared.fold.formats import header, outbox_entries
from shared.fold.parts import duplicates
from shared.fold.profile import MARK_KEY, Profile, Seen, latest_marks, mark_key
from shared.fold.state import States, Stored

FORMAT = 2
"""The first byte. Format 1 begins with a brace."""

MARKS, OUTBOX, ABSORBED, RECENT = "#marks", "#outbox", "#absorbed", "#new"

RANDOM = frozenset({duplicates.name, RECENT})
"""Slices that no compression makes smaller: hashes, and what is compressed already."""

SEQUENCE_DIGITS = 56
"""Of a sequence number, with the zeros before it."""

ALL_DONE = (1 << 16) - 1
"""In place of the number of events that are done of the last record: all."""


class Encoded(NamedTuple):
    """The header and the slices that are text for the most part; and those of random bytes, which come last."""

    text: bytes
    random: bytes


def encoded(profile: Profile) -> bytes:
    """The profile but for its key and version, which the item has."""
    return b"".join(in_two(profile))


def in_two(profile: Profile) -> Encoded:
    """The same, in the two parts that are compressed each for itself."""
    return without_recent(profile).with_recent(profile.recent)


class WithoutRecent(NamedTuple):
    """All of a profile but its recent events, encoded: whoever tries which of these stay encodes the rest once."""

    times: header.Times
    text: list[Stored]
    random: list[Stored]

    def with_recent(self, recent: Sequence[bytes]) -> Encoded:
        random = [*self.random, *(Stored(RECENT, section) for section in recent)]
        rows = [header.Row(one.name, len(one.data), one.due) for one in (*self.text, *random)]
        return Encoded(
            b"".join((bytes([FORMAT]), header.written(self.times, rows), *(one.data for one in self.text))),
            b"".join(one.data for one in random),
        )


def without_recent(profile: Profile) -> WithoutRecent:
    slices = [*profile.states.slices(), *_besides(profile)]
    return WithoutRecent(
        (profile.created_at, profile.due_at, profile.clock),
        [one for one in slices if one.name not in RANDOM],
        [one for one in slices if one.name in RANDOM],
    )


def decoded(key: str, data: bytes, version: int) -> Profile:
    """Raises ValueError for a format that this version does not know, and for what is damaged."""
    try:
        return _decoded(key, data, version)
    except ValueError:
        raise
    except Exception as error:
        raise ValueError("a profile is damaged, or of newer code") from error


def _decoded(key: str, data: bytes, version: int) -> Profile:
    if data[0] != FORMAT:
        from shared.fold.formats import format_1  # rare, and one day gone

        return format_1.decoded(key, data, version)
    (created_at, due_at, clock), rows, start = header.read(data, 1)
    slices: list[Stored] = []
    besides: dict[str, list[bytes]] = {}
    recent: list[bytes] = []
    for name, length, due in rows:
        content = data[start : start + length]
        start += length
        if name in BESIDES:
            besides.setdefault(name, []).append(content)
        elif name == RECENT:
            recent.append(content)
        else:
            slices.append(Stored(name, content, due))
    if start != len(data):
        raise ValueError("the slices of a profile are not as long as its header says")
    seen = latest_marks(map(_marks, besides.get(MARKS, ())))
    return Profile(
        key,
        version,
        States.stored(slices),
        seen,
        tuple(
            entry
            for stored in besides.get(OUTBOX, ())
            for entry in outbox_entries.decode(stored, key, _last(seen))
        ),
        tuple(
            absorbed for stored in besides.get(ABSORBED, ()) for absorbed in packing.identity_keys_in(stored)
        ),
        due_at,
        created_at,
        clock,
        tuple(recent),
    )


def _besides(profile: Profile) -> list[Stored]:
    """What belongs to no part."""
    return [Stored(name, write(profile)) for name, (has, write) in BESIDES.items() if has(profile)]


def _marks_of(profile: Profile) -> bytes:
    """Each mark's key; its sequence number's length and bytes; its time; how many of the record's events are done, and
    its turn."""
    written: list[bytes] = []
    for key, mark in profile.seen.items():
        sequence = int(mark.sequence)
        length = -(-sequence.bit_length() // 8)
        done = ALL_DONE if mark.done is None else mark.done
        written += (
            key,
            bytes([length]),
            sequence.to_bytes(length, "little"),
            packing.time(mark.at),
            packing.number(done, 2),
            packing.number(mark.turn, 2),
        )
    return b"".join(written)


def _marks(data: bytes) -> dict[bytes, Seen]:
    seen: dict[bytes, Seen] = {}
    start = 0
    while start < len(data):
        key = data[start : start + MARK_KEY]
        length = data[start + MARK_KEY]
        start += MARK_KEY + 1
        sequence = str(packing.number_at(data, start, length)).zfill(SEQUENCE_DIGITS)
        at = packing.time_at(data, start + length) or packing.EARLIEST
        start += length + packing.MICROSECONDS
        done, turn = packing.number_at(data, start, 2), packing.number_at(data, start + 2, 2)
        seen[key] = Seen(sequence, at, None if done == ALL_DONE else done, turn)
        start += 4
    return seen


def _last(seen: Mapping[bytes, Seen]) -> outbox_entries.Last:
    def last(key: str) -> tuple[str, datetime] | None:
        mark = seen.get(mark_key(key))
        return (mark.sequence, mark.at) if mark is not None else None

    return last


def _outbox_of(profile: Profile) -> bytes:
    return outbox_entries.encode(profile.outbox, profile.key, _last(profile.seen))


BESIDES: dict[str, tuple[Callable[[Profile], object], Callable[[Profile], bytes]]] = {
    MARKS: (lambda profile: profile.seen, _marks_of),
    OUTBOX: (lambda profile: profile.outbox, _outbox_of),
    ABSORBED: (lambda profile: profile.absorbed, lambda profile: packing.identity_keys(profile.absorbed)),
}
"""Whether the profile has such a thing, and how it is written."""
