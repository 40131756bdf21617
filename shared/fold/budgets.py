"""What a person's item holds at most, before it is compressed. All of it together is half of the 64 KB that no item may
exceed: the other half is for what parts to come will remember.

An outbox may take more than its part of it while the item has the room. Only for a moment may an item go beyond: by a
batch that has records of more of the person's partition keys than are remembered, until the next batch; by one event
that decides more than fits, `FROM_ONE_CAUSE` at most, for it is never cut in two; by an outbox that had room until the
person's slices grew; and by recent events of people who joined, until the next save. Else recent events need no room
here: an item keeps them only while it takes at most 4 KB as it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import orjson

from shared.events import Event
from shared.fold import packing
from shared.fold.effects import Room
from shared.fold.order import Order
from shared.fold.outbox import KEPT, PORTION, entry_size
from shared.fold.parts.duplicates.ring import WIDTH
from shared.fold.profile import Pointer, Profile
from shared.fold.state import REMEMBERING, States
from shared.fold.timers import size_of_timers
from shared.workspace.model import Workspace

ALL = 32 * 1024

HEADER = 432

MOST_KEYS, MARK = 45, 42
"""Partition keys of a person that are remembered, within the stream's memory, and bytes of one. Whoever has more, like
everybody who uses one kiosk, is joined by no further ids until the oldest are forgotten."""

MOST_ABSORBED = 1_464
"""Bytes of the keys of people who were joined to a person, for ever: about 80 visitors. Whoever has as many is joined
by no further people."""

OUTBOX = PORTION + KEPT

MOST_IN_A_SAVE, MOST_KEPT = 16 * 1024, 8 * 1024
"""Bytes that one save may add to an outbox, and of one that nobody needs to shorten, where the item has the room."""

PARTS = sum(part.budget for part in REMEMBERING.values())

MANY = 50
"""Events of a record whose decisions may be as many."""

PER_EVENT = 64
"""Bytes of decisions about one of a record's events, as a rule at most."""

COUNTER, FOLLOWING = 20, 2_400
"""Bytes that a record may add to slices: for each name that it counts, beside the name; and for what follows from its
events: sessions, identities, the counters of events of our own."""


class Costs(Mapping[str, Room]):
    """What each of these people would take of the room of whoever they join; reckoned only when it is asked for, for
    few do join.

    With the decisions of those timers that are folded before they join: theirs, and, if they are ahead of the
    person's time, also the person's.
    """

    def __init__(
        self, order: Order, profile: Profile, people: Iterable[Profile], workspace: Workspace, now: datetime
    ) -> None:
        self._order, self._profile, self._workspace = order, profile, workspace
        self._people = {person.key: person for person in people}
        self._stands_at = max(filter(None, (now, profile.latest)))
        self._costs: dict[str, Room] = {}

    def __getitem__(self, key: str) -> Room:
        if key not in self._costs:
            self._costs[key] = self._cost(self._people[key])
        return self._costs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._people)

    def __len__(self) -> int:
        return len(self._people)

    def _cost(self, person: Profile) -> Room:
        until = max([self._stands_at, *filter(None, (one.latest for one in self._people.values()))])
        outbox = sum(map(entry_size, person.outbox)) + self._said_by_timers(person, until)
        if person.latest is not None and person.latest > self._stands_at:
            outbox += self._said_by_timers(self._profile, until)
        absorbed = sum(map(packing.identity_key_size, (person.key, *person.absorbed)))
        return Room(1, max(1, len(person.seen)), absorbed, outbox)

    def _said_by_timers(self, person: Profile, until: datetime) -> int:
        return size_of_timers(self._order, person, self._workspace, until)


def size(states: States) -> int:
    """Bytes that all slices take."""
    return sum(len(slice_.data) for slice_ in states.slices())


def is_long(profile: Profile) -> bool:
    """Whether what was announced must leave the outbox, though no other record has come."""
    outbox = sum(map(entry_size, profile.outbox))
    return outbox > KEPT and outbox > min(MOST_KEPT, _free(size(profile.states)))


def room_in_save(profile: Profile, events: Sequence[Event], added: int) -> int:
    """What a save that adds so many bytes to the outbox may add for the decisions about these events: at least what is
    left of `PORTION`, and what the item has free if whatever they say is kept."""
    usual = min(PORTION // 2, max(PORTION // 8, PER_EVENT * len(events)))
    if added + usual <= PORTION and len(events) < MANY:
        return PORTION - added  # as nearly always; to measure the item takes as long as a few events do
    free = _free(size(profile.states) + _said(events)) + PORTION - sum(map(entry_size, profile.outbox))
    return max(PORTION - added, min(MOST_IN_A_SAVE - added, free))


def room_in_outbox(
    profile: Profile, events: Sequence[Event], strangers: Mapping[str, Profile | Pointer]
) -> int:
    """For the outboxes of those who join at these events: what is free if all of `strangers` do, and if whatever the
    events say is kept. One record's decisions take 400, as a rule. Whoever brings more joins later, at an event that
    comes when there is less to say."""
    joining = sum(size(one.states) for one in strangers.values() if isinstance(one, Profile))
    most = size(profile.states) + joining + _said(events)
    return max(0, _free(most) - sum(map(entry_size, profile.outbox)))


def _free(slices: int) -> int:
    return ALL - HEADER - MOST_KEYS * MARK - MOST_ABSORBED - PORTION - min(slices, PARTS)


def _said(events: Sequence[Event]) -> int:
    """Bytes that the record's events may add to slices: what is said twice is kept once."""
    said = {
        orjson.dumps(part)
        for event in events
        for part in (event.traits, event.trait_changes, event.context)
        if part
    }
    names = {event.name for event in events}
    counters = sum(len(orjson.dumps(name)) + COUNTER for name in names)
    return sum(map(len, said)) + counters + WIDTH * len(events) + FOLLOWING
