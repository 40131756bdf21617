"""What `process` says of each record of a batch: how many events it has, and what became of them.

A record is folded in portions, mostly one: its events from `start` on, and `turn`, where timers filled a portion before
any event. Whoever reads the lines counts each portion once: a record that comes again is announced as it was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shared.ledger.binary import Reader, as_text, large, small


class Portion(NamedTuple):
    """Counts of events, but for `start` and `turn`. `folded`, `duplicates`, `refused` and `aside` are of the record;
    `rows` and `derived` were handed on to the archive: the record's own, and what followed from them."""

    start: int = 0
    turn: int = 0
    folded: int = 0
    duplicates: int = 0
    refused: int = 0
    aside: int = 0
    rows: int = 0
    derived: int = 0

    @property
    def events(self) -> int:
        return self.folded + self.duplicates + self.refused + self.aside


class Outcome(NamedTuple):
    """`events` is how many the record has; 0 of one that nobody can read, and that is put aside whole. `comes_again`:
    not all is done, the batch will be delivered again. `is_done`: all of it was done before, whatever that was."""

    number: int
    events: int
    portions: tuple[Portion, ...] = ()
    comes_again: bool = False
    is_done: bool = False


PLAIN, OTHER = 1, 0
"""The lowest bit of what stands first: whether all events were folded, handed on, and nothing else."""

AGAIN, DONE = 1, 2


def written(outcomes: Iterable[Outcome]) -> str:
    """Of records of one shard."""
    parts = []
    before = 0
    for one in sorted(outcomes):
        parts.append(large(one.number - before))
        before = one.number
        events = one.events
        if one[2:] == ((Portion(0, 0, events, 0, 0, 0, events, 0),), False, False):
            parts.append(small(events << 1 | PLAIN))
            continue
        flags = AGAIN * one.comes_again | DONE * one.is_done
        parts += [small(events << 1 | OTHER), small(flags), small(len(one.portions))]
        parts += [small(count) for portion in one.portions for count in portion]
    return as_text(b"".join(parts))


def read(text: str) -> list[Outcome]:
    """Raises Unreadable."""
    reader = Reader(text)
    found: list[Outcome] = []
    number = 0
    while not reader.is_at_end():
        number += reader.large()
        first = reader.small()
        events = first >> 1
        if first & 1 == PLAIN:
            found.append(Outcome(number, events, (Portion(folded=events, rows=events),)))
            continue
        flags, count = reader.small(), reader.small()
        portions = tuple(Portion(*(reader.small() for _ in Portion._fields)) for _ in range(count))
        found.append(Outcome(number, events, portions, bool(flags & AGAIN), bool(flags & DONE)))
    return found
