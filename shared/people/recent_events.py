"""A person's most recent events, which stand in the item of their profile until they fill a chunk of the timeline.

The item has them in sections: the days for which they are to be seen, in two bytes; what puts them into a chunk, if the
highest bit of those says so; then rows as a chunk has them. What does is an entry of the outbox: the chunk is written
when that entry is announced, and the section leaves the item when the entry does. So they are in the item, in a chunk,
or for a while in both; readers show each event once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from shared.doctor import days_kept
from shared.failures import UnreadableSlice
from shared.fold.outbox import EntryName, OutboxEntry
from shared.fold.profile import Profile
from shared.people.timeline_rows import Row, unpacked
from shared.times import microseconds

NAME_HASH = 6
"""Bytes."""

RECENT = "recent"
"""The part of the profile, as messages name it."""

MICROSECONDS_OF_A_DAY = 86_400 * 1_000_000

IN_A_CHUNK = 1 << 15
"""In the number of days. More than are left beside it, 89 years, are the same to an item that is saved again before."""


class Section(NamedTuple):
    """`announced_with` is the hash of an outbox entry's name; empty, as long as the events are in no chunk. `known` are
    the rows that `data` has, where whoever made the section has them."""

    days: int
    announced_with: bytes
    data: bytes
    known: Sequence[Row] | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """Raises UnreadableSlice."""
        if self.known is not None:
            return self.known
        try:
            return unpacked(self.data)
        except Exception as error:
            raise UnreadableSlice(RECENT) from error

    @property
    def stored(self) -> bytes:
        days = min(self.days, IN_A_CHUNK - 1) | (IN_A_CHUNK if self.announced_with else 0)
        return b"".join((days.to_bytes(2, "little"), self.announced_with, self.data))


def section(stored: bytes) -> Section:
    days = int.from_bytes(stored[:2], "little")
    end = 2 + (NAME_HASH if days & IN_A_CHUNK else 0)
    return Section(days & ~IN_A_CHUNK, stored[2:end], stored[end:])


def sections(profile: Profile) -> list[Section]:
    return [section(one) for one in profile.recent]


def name_hash(name: EntryName) -> bytes:
    return blake2b(repr(name).encode(errors="surrogatepass"), digest_size=NAME_HASH).digest()


def remaining(
    stored: Sequence[bytes], before: Iterable[OutboxEntry], after: Iterable[OutboxEntry]
) -> tuple[bytes, ...]:
    """The sections that stay when the outbox becomes another: those whose entry is done with leave.

    An entry that was not there `before` either was dropped by an older version, which knows nothing of sections: they
    count as being in no chunk. Perhaps they are, but no event is seen twice.
    """
    if not any(section(one).announced_with for one in stored):
        return tuple(stored)
    names, kept = ({name_hash(entry.name) for entry in outbox} for outbox in (before, after))
    found = []
    for one in map(section, stored):
        if not one.announced_with or one.announced_with in kept:
            found.append(one.stored)
        elif one.announced_with not in names:
            found.append(one._replace(announced_with=b"").stored)
    return tuple(found)


def shown(profile: Profile, at: datetime) -> list[Row]:
    """The events in the item, but for those that are older than the timeline's."""
    now = microseconds(at)
    return [row for one in sections(profile) for row in one.rows if not is_over(row, one.days, now)]


def is_over(row: Row, days: int, at: int) -> bool:
    """Whether the event arrived longer than so many days before that time, in microseconds since 1970."""
    return row.received + days_kept(row.source, days) * MICROSECONDS_OF_A_DAY <= at
