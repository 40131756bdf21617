"""The index of people who want attention at a time: in which partition a person stands there, and where within it.

A partition is one minute of one shard. Within it people stand by the instant they are due at, and at one instant by a
hash of their key: places of a shard are texts in one order, so that a crowd that is due at once can be gone through
bit by bit, and whoever knows the last place goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.events import derived_id, utc_text

SHARDS = 8
"""Partitions of one minute, so that a crowd due together is no hot partition."""

MINUTE = timedelta(minutes=1)

BEFORE_A_HASH, AFTER_A_HASH = "#", "~"
"""`2026-11-21T18:10:00.000Z#0f3a…` is somebody's place, `2026-11-21T18:10:00.000Z~` is behind all of that instant."""


class DueProfile(NamedTuple):
    """A person's key, and where they stand in the index."""

    key: str
    place: str


class ShardProgress(NamedTuple):
    """Whoever stands up to the place `sent` was sent a timer; up to `looked_again` the index was read once more, when
    nobody could come in there any more."""

    sent: str
    looked_again: str


class Progress(NamedTuple):
    """How far `sweep` has come in each shard. `samples` are places, with their shards, of timers that a crowd was sent
    at `sampled_at`: they are gone from the index once `process` has seen them. `version` is that of the claim."""

    shards: tuple[ShardProgress, ...]
    samples: tuple[tuple[int, str], ...] = ()
    sampled_at: datetime | None = None
    version: int = 0

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


def behind(at: datetime) -> str:
    """The place behind whoever is due at the instant."""
    return f"{utc_text(at)}{AFTER_A_HASH}"


def instant(place: str) -> datetime:
    """When whoever stands there is due. A place without a hash was written by an older version."""
    return datetime.fromisoformat(place.partition(BEFORE_A_HASH)[0].rstrip(AFTER_A_HASH))


def indexed_at(due_at: datetime, saved_at: datetime) -> datetime:
    """The instant somebody stands at: in whole milliseconds, never before they are due. What is overdue when it is
    saved stands a second later, for `sweep` has been through the past."""
    if due_at <= saved_at:
        return saved_at + timedelta(seconds=1)
    return due_at + timedelta(microseconds=-due_at.microsecond % 1000)


def minutes(after: str, until: str) -> Iterator[datetime]:
    """The minutes that have places between the two."""
    minute, last = instant(after).replace(second=0, microsecond=0), instant(until)
    while minute <= last:
        yield minute
        minute += MINUTE
