"""A person: what the fold keeps, as one stored item, and the pointers of the identities that were joined to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from shared.events import derived_id
from shared.fold.outbox import OutboxEntry
from shared.fold.state import States

TYPICAL, TARGET, HARD = 2 * 1024, 16 * 1024, 64 * 1024
"""Bytes of a profile before it is compressed: what most take at most, what nearly all do, what is never stored. All
budgets together (`shared.fold.budgets`) are half of the last."""


MARK_KEY = 6
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The highest sequence number folded of one partition key, zero-padded text, and the arrival of its record.

    `done` says how many of the record's events are folded; None, that all are. `turn` counts its portions that had no
    event, as an outbox entry's does.
    """

    sequence: str
    at: datetime
    done: int | None = None
    turn: int = 0

    def covers(self, sequence: str) -> bool:
        """Whether nothing of the record with this sequence number is still to be folded."""
        return self.sequence > sequence or (self.sequence == sequence and self.done is None)


@dataclass(frozen=True, slots=True)
class Profile:
    """`key` is the identity key it is stored under; `version` is 0 before the first save.

    `seen` has a mark for each partition key, under `mark_key`. `absorbed` are the keys of profiles merged into this
    one: their timeline and messages stay where they were. `clock` is the latest instant that was folded: logical time
    never runs back. `recent` are events that the timeline does not have yet: `shared.people.recent_events`.
    """

    key: str
    version: int = 0
    states: States = field(default_factory=States)
    seen: dict[bytes, Seen] = field(default_factory=dict)
    outbox: tuple[OutboxEntry, ...] = ()
    absorbed: tuple[str, ...] = ()
    due_at: datetime | None = None
    created_at: datetime | None = None
    clock: datetime | None = None
    recent: tuple[bytes, ...] = ()

    @property
    def latest(self) -> datetime | None:
        """The latest instant that was folded; of a profile from before that was kept, the latest arrival."""
        return self.clock or max((mark.at for mark in self.seen.values()), default=None)

    def covers(self, key: str, sequence: str) -> bool:
        """Whether nothing of the record is still to be folded: the one of this partition key and sequence number."""
        mark = self.seen.get(mark_key(key))
        return mark is not None and mark.covers(sequence)

    def done_of(self, key: str, sequence: str) -> int:
        """How many of the record's events are folded, of one that is folded in part."""
        mark = self.seen.get(mark_key(key))
        return mark.done or 0 if mark is not None and mark.sequence == sequence else 0

    def turn_of(self, key: str, sequence: str) -> int:
        """How many of the record's portions had no event, of one that is folded in part."""
        mark = self.seen.get(mark_key(key))
        return mark.turn if mark is not None and mark.sequence == sequence else 0


@dataclass(frozen=True, slots=True)
class Pointer:
    """The identity `key` belongs to the person stored under `target` (or where that one points, after later merges)."""

    key: str
    target: str
    version: int = 0


@lru_cache(maxsize=2_048)
def mark_key(key: str) -> bytes:
    """What the mark of a partition key stands under: a hash, for keys may be long. A person has some dozens of them.

    Those of a batch are asked for again and again, ten times a record."""
    return blake2b(key.encode(errors="surrogatepass"), digest_size=MARK_KEY).digest()


def token_key(token: str) -> str:
    """The key under which a pointer leads to whoever a push token belongs to. No identity has such a key: their kinds
    are words, and a colon follows."""
    return f"push-token#{derived_id('push token', token)}"


class CircularPointers(ValueError):
    """Pointers lead in a circle, and so to nobody: the table was changed by hand."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one save writes, together. Each item carries the version it was read with (0: it must not exist yet).

    `states` are profiles as they are stored, by their keys, where that is known already.
    """

    profiles: tuple[Profile, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    states: Mapping[str, bytes] = field(default_factory=dict)


def latest_marks(marks: Iterable[Mapping[bytes, Seen]]) -> dict[bytes, Seen]:
    """Of each partition key the mark that is furthest on its shard."""
    seen: dict[bytes, Seen] = {}
    for some in marks:
        if not seen:
            seen = dict(some)
            continue
        for key, mark in some.items():
            if key not in seen or seen[key].sequence < mark.sequence:
                seen[key] = mark
    return seen


def absorbing(one: Profile, other: Profile) -> Profile:
    """`one` after `other` was joined to it, but for the slices, which the fold merges."""
    return replace(
        one,
        seen=latest_marks((one.seen, other.seen)),
        outbox=(*one.outbox, *other.outbox),
        recent=(*one.recent, *other.recent),
        absorbed=(*one.absorbed, other.key, *other.absorbed),
        created_at=min(filter(None, (one.created_at, other.created_at)), default=None),
        due_at=min(filter(None, (one.due_at, other.due_at)), default=None),
        clock=max(filter(None, (one.clock, other.clock)), default=None),
    )
