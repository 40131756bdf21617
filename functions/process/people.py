"""The people a batch concerns, as they are stored and as its records change them, before anything is saved.

Most batches change each person alone. Where an event joins identities, the people and ids it joins form one unit: its
items are saved together or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from functions.process.arrivals import Arrival
from functions.process.decided import Decided
from shared.fold import JOINS_PER_RECORD, fold
from shared.fold.passage import Outcome
from shared.fold.profile import Changes, Pointer, Profile, Seen, absorbing
from shared.outbox import OutboxEntry
from shared.ports import Profiles
from shared.records import RETENTION
from shared.workspace import Workspace

MOST_JOINS = JOINS_PER_RECORD
"""A unit with so many joins takes no further record before it is saved: a transaction holds 100 items."""

MOST_KEYS, MOST_ABSORBED = 60, 200
"""Partition keys of a person within the stream's memory, and people joined to them for ever. Whoever has more, like
everybody who uses one kiosk, is joined by no further ids: the item must stay small."""

LONGEST_CHAIN = 32
"""Pointers followed before a chain is taken for a circle."""


class CircularPointers(Exception):
    """Pointers lead nowhere: the table was changed by hand."""


@dataclass(slots=True)
class Unit:
    """Keys that must be saved together, and the records that were folded into them."""

    keys: set[str]
    arrivals: list[Arrival] = field(default_factory=list)
    later: list[Arrival] = field(default_factory=list)
    """Records that came when the unit was full: they are folded once it has been saved, never before."""
    joins: int = 0


class People:
    """`stored` is what was read; changed people and pointers replace it key by key."""

    def __init__(self, stored: Mapping[str, Profile | Pointer], firsts: Mapping[str, str]) -> None:
        self._stored = dict(stored)
        self._firsts = firsts
        self._units: dict[str, Unit] = {}
        self.decided: list[Decided] = []

    def fold(self, arrival: Arrival, workspace: Workspace) -> None:
        """Fold the record into its person; a record that was here before only repeats what was decided then.

        One that the mark covers, but about which nothing was decided, was put aside when the mark passed it.
        """
        root = self.root(arrival.record.key)
        stored = self._stored.get(root)
        person = stored if isinstance(stored, Profile) else Profile(root)
        key, sequence = arrival.record.key, arrival.sequence
        if (mark := person.seen.get(key)) is not None and mark.sequence >= sequence:
            said = next(
                (entry for entry in person.outbox if (entry.key, entry.sequence) == (key, sequence)), None
            )
            if said is not None:
                self.decided.append(Decided(arrival, person, said))
            return
        if (unit := self._units.get(root)) is not None and unit.joins >= MOST_JOINS:
            unit.later.append(arrival)
            return
        outcome = fold(
            person,
            arrival.events,
            workspace,
            arrival.arrived_at,
            trust=arrival.record.trust,
            depth=arrival.record.depth,
            strangers=self._strangers(arrival, root),
            room=min(JOINS_PER_RECORD, MOST_KEYS - len(person.seen), MOST_ABSORBED - len(person.absorbed)),
        )
        self._join(root, outcome.joined)
        changed = self._change(person, outcome, arrival, workspace)
        self.decided.append(Decided(arrival, changed, changed.outbox[-1]))

    def root(self, key: str) -> str:
        """The key of the person whom the identity leads to: itself, where nothing is stored."""
        for _ in range(LONGEST_CHAIN):
            stored = self._stored.get(key)
            if not isinstance(stored, Pointer):
                return key
            key = stored.target
        raise CircularPointers(key)

    def unknown(self, arrival: Arrival) -> set[str]:
        """The ids the record names that its person is not known by."""
        root = self.root(arrival.record.key)
        person = self._stored.get(root)
        known = person.states.identities.known if isinstance(person, Profile) else ()
        return arrival.identities() - {root, *known}

    def units(self) -> list[Unit]:
        """What has to be saved, each unit once."""
        return list({id(unit): unit for unit in self._units.values()}.values())

    def changes(self, unit: Unit) -> Changes:
        items = [self._stored[key] for key in sorted(unit.keys) if key in self._stored]
        return Changes(
            profiles=tuple(item for item in items if isinstance(item, Profile)),
            pointers=tuple(item for item in items if isinstance(item, Pointer)),
        )

    def _strangers(self, arrival: Arrival, root: str) -> dict[str, Profile | Pointer]:
        """What is stored under the ids the record names, pointers followed to their end, and those ends."""
        found: dict[str, Profile | Pointer] = {}
        for key in arrival.identities() - {root}:
            stored = self._stored.get(key)
            if isinstance(stored, Pointer):
                end = self.root(key)
                found[key] = Pointer(key, end)
                if end != root and isinstance(person := self._stored.get(end), Profile):
                    found[end] = person
            elif stored is not None:
                found[key] = stored
        return found

    def _join(self, root: str, joined: Iterable[str]) -> None:
        unit = self._unit(root)
        for key in joined:
            unit = self._united(unit, self._unit(key))
            unit.joins += 1
            before = self._stored.get(key)
            self._stored[key] = Pointer(key, root, before.version if before is not None else 0)
            if isinstance(before, Profile):
                person = self._stored.get(root)
                self._stored[root] = absorbing(
                    person if isinstance(person, Profile) else Profile(root), before
                )

    def _change(self, person: Profile, outcome: Outcome, arrival: Arrival, workspace: Workspace) -> Profile:
        record = arrival.record
        stored = self._stored.get(person.key)
        base = stored if isinstance(stored, Profile) else person
        forgotten = arrival.arrived_at - RETENTION
        entry = OutboxEntry(
            record.key, arrival.sequence, arrival.arrived_at, workspace.version, outcome.decisions
        )
        changed = replace(
            base,
            states=outcome.states,
            seen={key: mark for key, mark in base.seen.items() if mark.at >= forgotten}
            | {record.key: Seen(arrival.sequence, arrival.arrived_at)},
            outbox=(*(said for said in base.outbox if self._may_be_asked_for(said, forgotten)), entry),
            due_at=outcome.due_at,
            created_at=base.created_at or arrival.arrived_at,
        )
        self._stored[person.key] = changed
        self._unit(person.key).arrivals.append(arrival)
        return changed

    def _may_be_asked_for(self, said: OutboxEntry, forgotten: datetime) -> bool:
        """Records of a key come in order: one from before this batch's first of that key is done with."""
        first = self._firsts.get(said.key)
        return said.at >= forgotten and (first is None or said.sequence >= first)

    def _unit(self, key: str) -> Unit:
        return self._units.setdefault(key, Unit({key}))

    def _united(self, one: Unit, other: Unit) -> Unit:
        if one is not other:
            one.keys |= other.keys
            one.arrivals += other.arrivals
            one.later += other.later
            one.joins += other.joins
            for key in other.keys:
                self._units[key] = one
        return one


def load(arrivals: Collection[Arrival], profiles: Profiles) -> dict[str, Profile | Pointer]:
    """Everybody the records may concern: their people, the ids these do not know yet, and whom those lead to."""
    stored: dict[str, Profile | Pointer] = {}
    asked: set[str] = set()
    wanted = {arrival.record.key for arrival in arrivals}
    while wanted:
        asked |= wanted
        stored |= profiles.load(wanted)
        wanted = {item.target for item in stored.values() if isinstance(item, Pointer)} - asked
        if not wanted:  # everybody the keys lead to is here; now the ids these people do not know
            people = People(stored, {})
            wanted = {key for arrival in arrivals for key in people.unknown(arrival)} - asked
    return stored
