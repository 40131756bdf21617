"""The index of people with a due timer: the partition of a person, and their place within it.

A partition is one minute of one shard. Within it people are sorted by the instant at which they are due, and then by a
hash of their key. The places of a shard are texts with one order. So a crowd that is due at the same time can be
processed in portions, and the next portion begins after the last place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.events import derived_id, utc_text

SHARDS = 8
"""Partitions of one minute, so that many people who are due together do not make a hot partition."""

MINUTE = timedelta(minutes=1)

DOUBTED = timedelta(hours=1)

JUST_BEFORE = timedelta(milliseconds=1)
"""Instants of the index are whole milliseconds apart."""

BEFORE_A_HASH, AFTER_A_HASH = "#", "~"
"""`2026-11-21T18:10:00.000Z#0f3a…` is a person's place. `2026-11-21T18:10:00.000Z~` is after all places of that
instant."""


class DueProfile(NamedTuple):
    """A person's key, and their place in the index."""

    key: str
    place: str


class ShardProgress(NamedTuple):
    """Everybody up to the place `sent` was sent a timer. Up to `looked_again` the index was read a second time, when
    nobody could be added there any more."""

    sent: str
    looked_again: str


class Progress(NamedTuple):
    """The progress of `sweep` in each shard. `samples` are places, with their shards, of some timers that were sent at
    `sampled_at`. They disappear from the index once `process` has handled them. `version` is that of the claim."""

    shards: tuple[ShardProgress, ...]
    samples: tuple[tuple[int, str], ...] = ()
    sampled_at: datetime | None = None
    version: int = 0

    def is_ahead_of(self, now: datetime) -> bool:
        """Whether a clock that was more than a minute ahead has brought it there."""
        latest = behind(now + MINUTE)
        return any(one.sent > latest for one in self.shards) or (
            self.sampled_at is not None and self.sampled_at > now
        )

    def as_of(self, now: datetime, soonest: datetime) -> Progress:
        """Without what that clock said. Its rounds have passed people who fell due since, nobody knows for how long.
        Whoever fell due in the last `DOUBTED` is sent a timer at once; the second look begins before the `soonest` of
        all who are due. Whoever was sent a timer is sent one more, which does nothing."""
        doubted, latest = behind(now - DOUBTED), behind(now + MINUTE)
        shards = (
            ShardProgress(min(one.sent, doubted), min(one.looked_again, behind(soonest)))
            if one.sent > latest
            else one
            for one in self.shards
        )
        is_sampled = self.sampled_at is not None and self.sampled_at <= now
        return self._replace(shards=tuple(shards), sampled_at=self.sampled_at if is_sampled else None)

    @classmethod
    def starting(cls, at: datetime) -> Progress:
        return cls((ShardProgress(behind(at), behind(at)),) * SHARDS)


def shard_of(key: str) -> int:
    return int(derived_id(key)[:2], 16) % SHARDS


def bucket(shard: int, at: datetime) -> str:
    """The partition for one minute of the shard."""
    return f"{at:%Y-%m-%dT%H:%M}#{shard}"


def place(key: str, at: datetime) -> str:
    return f"{utc_text(at)}{BEFORE_A_HASH}{derived_id(key)[2:18]}"


def is_claimed(busy_until: datetime | None, now: datetime, until: datetime) -> bool:
    """Whether another round is at work. One that says it is for twice as long as this one would be, until `until`, has
    a wrong clock."""
    return busy_until is not None and now < busy_until <= until + (until - now)


def behind(at: datetime) -> str:
    """The place after everybody who is due at the instant."""
    return f"{utc_text(at)}{AFTER_A_HASH}"


def instant(place: str) -> datetime:
    """The instant of a place. A place without a hash was written by an older version."""
    return datetime.fromisoformat(place.partition(BEFORE_A_HASH)[0].rstrip(AFTER_A_HASH))


def indexed_at(due_at: datetime, saved_at: datetime) -> datetime:
    """The instant under which a person is indexed, in whole milliseconds and never before they are due. If they are
    overdue when saved, it is a second after `saved_at`, because `sweep` has already passed earlier times."""
    if due_at <= saved_at:
        return saved_at + timedelta(seconds=1)
    return due_at + timedelta(microseconds=-due_at.microsecond % 1000)


def minutes(after: str, until: str) -> Iterator[datetime]:
    """The minutes with places between the two."""
    minute, last = instant(after).replace(second=0, microsecond=0), instant(until)
    while minute <= last:
        yield minute
        minute += MINUTE
