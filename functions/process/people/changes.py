"""The people a batch concerns, as they are stored and as its records change them, before anything is saved.

Most batches change each person alone. Where an event joins identities, the people and ids it joins form one unit: its
items are saved together or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf

from functions.process.announcing.decided import Decided
from functions.process.arrivals import Arrival
from functions.process.people import push_tokens
from functions.process.people.named import Named
from functions.process.people.push_tokens import Move
from functions.process.people.recent import Settling, settled
from functions.process.people.retention import Retention
from functions.process.people.saves import MOST_BYTES, MOST_ITEMS, Saves
from functions.process.people.stored import Stored
from functions.process.people.units import Unit, Units
from shared.fold import JOINS_PER_RECORD, budgets, fold
from shared.fold.formats.envelope import encoded
from shared.fold.outbox import EntryName, OutboxEntry, entry_size
from shared.fold.outcome import Outcome
from shared.fold.profile import Profile, Seen, absorbing, mark_key
from shared.fold.timers import TimersWithoutEnd
from shared.people.recent_events import remaining
from shared.workspace.model import Workspace

MOST_TURNS = 1_000
"""Portions of one record that had nothing but timers which were due before it. Whoever waited for months, without a
sweep and without an event, has a few; more are those of a part that never ends, and would keep the shard for ever."""


class People:
    """Changed people and pointers replace what is `stored`, key by key.

    `firsts` are the sequence numbers of the batch's first record of each partition key, `said` the portions that are
    announced for certain, or put aside for good: these are `aside`; at most `most` records are saved together.
    `settle` says what of the timeline an item has.
    """

    def __init__(
        self,
        stored: Stored,
        firsts: Mapping[str, str],
        said: Collection[EntryName] = (),
        aside: Collection[EntryName] = (),
        most: float = inf,
        settle: Settling = settled,
    ) -> None:
        self._stored = stored
        self._items = stored.items
        self._most = most
        self._units = Units()
        self._named = Named(stored)
        self._retention = Retention(firsts, said, aside)
        self.saves = Saves(stored, self._units, settle)
        self.decided: list[Decided] = []
        self.covered: list[Arrival] = []
        """Records that were folded before: what is not announced of them again was announced, or put aside."""
        self._awaited: set[str] = set()
        """What is named by records that wait for the next round: who is concerned by it waits behind them, or the cuts
        would decide which of two people is first to name an id."""
        self._long_outboxes: dict[str, bool] = {}

    def fold(self, arrival: Arrival, workspace: Workspace) -> None:
        """Fold the record into its person, as much of it as fits one save; what was folded before is only repeated.

        A record that the mark covers, but about which nothing is left to say, was said for certain, or was put aside
        when the mark passed it.
        """
        self.saves.days = workspace.settings.timeline_days
        root = self._stored.root(arrival.record.key)
        person = self._stored.person(root)
        unsaid = self._retention.unsaid(person, arrival)
        self.decided += [Decided(arrival, person, entry) for entry in unsaid]
        if arrival.decided is not None or person.covers(*arrival.place):
            self.covered.append(arrival)
            self._shorten(person, arrival)
            return
        if (unreadable := self._stored.unreadable.get(id(arrival))) is not None:
            raise unreadable
        begun = self._units.begun(root)
        must_wait = (
            unsaid
            or (begun is not None and begun.later)
            or id(arrival) in self._stored.waiting
            or (self._awaited and not self._awaited.isdisjoint(self._named.concerned(arrival, root)))
        )
        outcome = None if must_wait else self._outcome(person, arrival, workspace)
        if outcome is None:
            self._awaited |= self._named.concerned(arrival, root)
            self._units.waiting_for(root).later.append(arrival)
            return
        moves = push_tokens.moves(outcome, root, self._stored)
        self._join(root, outcome.joined)
        self._move(root, moves)
        self._change(person, outcome, arrival, workspace)
        if outcome.end < len(arrival.events):
            self._awaited |= self._named.concerned(arrival, root)

    def pass_over(self, arrival: Arrival) -> None:
        """The record was put aside: the mark passes it, so that it is not tried again when its batch comes again.

        Not while something before it waits: the mark would pass that too.
        """
        person = self._named.person(arrival)
        if person is None or person.covers(*arrival.place):
            return
        unit = self._units.begun(person.key)
        if unit is not None and any(waiting.precedes(arrival) for waiting in unit.later):
            unit.later.append(arrival)  # the mark must not pass those that wait
        else:
            mark = Seen(arrival.sequence, arrival.arrived_at)
            self._items[person.key] = replace(
                person, seen={**person.seen, mark_key(arrival.record.key): mark}
            )
            self._units.of(person.key)

    def start(self, arrival: Arrival) -> int:
        """The first of the record's events that is not folded yet."""
        person = self._named.person(arrival)
        return person.done_of(*arrival.place) if person is not None else 0

    def must_let_go(self, entry: OutboxEntry, arrival: Arrival, *, at_once: bool) -> bool:
        """Whether what is said, or put aside, must leave the outbox before the key's next record comes: to be put aside
        only once, or because the outbox is long."""
        person = self._named.person(arrival)
        if person is None or not (at_once or self._is_long(person)):
            return False
        return entry in person.outbox

    def _outcome(self, person: Profile, arrival: Arrival, workspace: Workspace) -> Outcome | None:
        """What the record makes of its person. None, when that does not fit beside what the batch changed before."""
        unit = self._units.begun(person.key) or Unit()
        if person.turn_of(*arrival.place) >= MOST_TURNS:
            raise TimersWithoutEnd(f"{MOST_TURNS} portions of timers")
        portion = budgets.room_in_save(person, arrival.events, unit.outbox)
        if portion <= 0 or len(unit.decided) >= self._most:
            return None
        strangers = self._named.strangers(arrival, person.key, self._retention)
        measured = self._retention.unfinished(person, arrival.arrived_at) if strangers else person
        tokens = push_tokens.others(arrival, person.key, self._stored)
        joins = JOINS_PER_RECORD
        while True:
            outcome = fold(
                measured,
                arrival.events,
                workspace,
                arrival.arrived_at,
                trust=arrival.record.trust,
                depth=arrival.record.depth,
                strangers=strangers,
                joins=joins,
                tokens=tokens,
                start=person.done_of(*arrival.place),
                portion=portion,
            )
            touched = (person.key, *outcome.joined)
            for move in push_tokens.moves(outcome, person.key, self._stored):
                touched = (*touched, move.key, *([move.before] if move.before else []))
            if len(touched) == 1:  # what belongs to the person's unit already fitted
                return outcome
            if self._fit(touched) or (joins == 0 and not self._units.of_any(touched)):
                return outcome
            if self._units.of_any(touched):
                return None
            joins //= 2  # alone, and still too much: the other ids join at their next event

    def _fit(self, touched: Sequence[str]) -> bool:
        """Whether these items, the person's first, can be saved together, with all that belongs to them already."""
        begun = self._units.of_any(touched)
        keys = {*touched}.union(*(unit.keys for unit in begun))
        size = sum(map(self._size, touched[1:])) + sum(unit.bytes for unit in begun)
        decided = sum(len(unit.decided) for unit in begun)
        has_room = len(keys) <= MOST_ITEMS and size <= MOST_BYTES and decided < self._most
        return has_room and not any(unit.later for unit in begun)

    def _size(self, key: str) -> int:
        item = self._items.get(key)
        return len(encoded(item)) if isinstance(item, Profile) else 0

    def _join(self, root: str, joined: Iterable[str]) -> None:
        for key in joined:
            unit = self._units.united(root, key)
            unit.bytes += self._size(key)
            before = self._items.get(key)
            self._stored.lead(key, root)
            if isinstance(before, Profile):
                self._items[root] = absorbing(self._stored.person(root), before)

    def _move(self, root: str, moves: Iterable[Move]) -> None:
        for move in moves:
            push_tokens.move(move, root, self._stored)
            for key in filter(None, (move.key, move.before)):
                self._units.united(root, key)

    def _change(self, person: Profile, outcome: Outcome, arrival: Arrival, workspace: Workspace) -> None:
        record = arrival.record
        base = self._stored.person(person.key)
        at = arrival.arrived_at
        start, turn = person.done_of(*arrival.place), person.turn_of(*arrival.place)
        end = outcome.end if outcome.end < len(arrival.events) else None
        entry = OutboxEntry(
            record.key,
            arrival.sequence,
            at,
            workspace.version,
            outcome.decisions,
            start,
            end,
            turn,
        )
        outbox = (*self._retention.outbox(base, at), entry)
        repeats = 0 < len(outcome.decisions.duplicates) == outcome.end - start
        next_turn = 0 if end is None else turn + (end == start)
        changed = Profile(
            base.key,
            base.version,
            states=outcome.states,
            seen=self._retention.marks(base, record.key, at)
            | {mark_key(record.key): Seen(arrival.sequence, at, end, next_turn)},
            outbox=outbox,
            absorbed=base.absorbed,
            recent=remaining(base.recent, self._retention.in_chunks(base, repeats=repeats), outbox),
            due_at=outcome.due_at,
            created_at=min(base.created_at or at, at),
            clock=outcome.clock,
        )
        self._items[person.key] = changed
        decided = Decided(arrival, changed, entry, outcome.cut)
        self.decided.append(decided)
        unit = self._units.of(person.key)
        unit.decided.append(decided)
        unit.outbox += entry_size(entry)
        if end is not None:
            unit.later.append(arrival)

    def _is_long(self, person: Profile) -> bool:
        """Whether the outbox must not stay so: measured once, when everything is folded."""
        is_long = self._long_outboxes.get(person.key)
        if is_long is None:
            is_long = self._long_outboxes[person.key] = budgets.is_long(person)
        return is_long

    def _shorten(self, person: Profile, arrival: Arrival) -> None:
        """Let go of what is announced for certain: it was so much that it must not stay until the next record."""
        shorter = self._retention.without_said(person)
        if shorter is not person:
            self._items[person.key] = shorter
            self._units.of(person.key).noted.append(arrival)
