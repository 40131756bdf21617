"""What a save keeps of a person's marks and outbox, and what it lets go of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from functions.process.arrivals import Arrival
from shared.fold.budgets import MOST_KEYS
from shared.fold.outbox import EntryName, OutboxEntry
from shared.fold.profile import Profile, Seen, mark_key
from shared.people.recent_events import remaining
from shared.records import RETENTION

MOST_MARKS = MOST_KEYS
"""Partition keys of a person whose place on the stream is remembered, besides those of the batch. Ids that were joined
before anything came under them may bring more: anybody can name them, and the item must stay small."""


class Retention:
    """`firsts` are the sequence numbers of the batch's first record of each partition key, `said` the portions that are
    announced for certain, or put aside for good: these are `aside`."""

    def __init__(
        self, firsts: Mapping[str, str], said: Collection[EntryName], aside: Collection[EntryName]
    ) -> None:
        self._firsts = firsts
        self._said = said
        self._aside = aside

    def outbox(self, person: Profile, at: datetime) -> tuple[OutboxEntry, ...]:
        """The entries that may be asked for again after `at`."""
        forgotten = at - RETENTION
        return tuple(entry for entry in person.outbox if self._may_be_asked_for(entry, forgotten))

    def marks(self, person: Profile, came: str, at: datetime) -> dict[bytes, Seen]:
        """Those of other keys than the one that `came` at that time which are still needed. Of too many, the batch's
        and those that came last."""
        forgotten, key_came = at - RETENTION, mark_key(came)
        seen = {key: mark for key, mark in person.seen.items() if mark.at >= forgotten and key != key_came}
        if len(seen) < MOST_MARKS:
            return seen
        needed = {mark_key(person.key), *map(mark_key, self._firsts)}
        idle = [key for key in seen if key not in needed]
        for key in sorted(idle, key=lambda key: seen[key].at)[: len(seen) - MOST_MARKS + 1]:
            del seen[key]
        return seen

    def unsaid(self, person: Profile, arrival: Arrival) -> list[OutboxEntry]:
        """What was decided about the record when it was here before, and may not have been announced."""
        if arrival.decided is not None:
            entries = [arrival.decided]
        else:
            entries = [entry for entry in person.outbox if (entry.key, entry.sequence) == arrival.place]
        return [entry for entry in entries if entry.name not in self._said]

    def in_chunks(self, person: Profile, *, repeats: bool) -> Iterator[OutboxEntry]:
        """The entries whose events are in a chunk of the timeline. Where a record only `repeats` another one, this may
        be of a batch that the stream gave up and somebody brought back: then what was saved of it was never announced,
        and the events that were to leave with it stay."""
        for entry in person.outbox:
            if entry.name not in self._aside and (not repeats or entry.name in self._said):
                yield entry

    def without_said(self, person: Profile) -> Profile:
        """The person without what is announced for certain. What was put aside may not be in a chunk."""
        outbox = tuple(entry for entry in person.outbox if entry.name not in self._said)
        if len(outbox) == len(person.outbox):
            return person
        return replace(person, outbox=outbox, recent=remaining(person.recent, (), outbox))

    def unfinished(self, person: Profile, at: datetime) -> Profile:
        """The person with what the next save keeps of the outbox: only that takes room from those who join."""
        outbox = self.outbox(person, at)
        return person if len(outbox) == len(person.outbox) else replace(person, outbox=outbox)

    def _may_be_asked_for(self, entry: OutboxEntry, forgotten: datetime) -> bool:
        """Records of a key come in order: one from before this batch's first of that key is done with."""
        first = self._firsts.get(entry.key)
        is_done = entry.name in self._said or (first is not None and entry.sequence < first)
        return entry.at >= forgotten and not is_done
