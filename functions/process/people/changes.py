"""The people a batch concerns, as they are stored and as its records change them, before anything is saved.

Most batches change each person alone. Where an event joins identities, the people and ids it joins form one unit: its
items are saved together or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf

from functions.process.announcing.decided import Decided, Recent
from functions.process.arrivals import Arrival
from functions.process.people import push_tokens
from functions.process.people.push_tokens import Move
from functions.process.people.recent import Settled, settled
from functions.process.people.stored import ChainTooLong, Stored
from functions.process.people.units import Unit, Units
from shared.failures import UnreadableSlice
from shared.fold import JOINS_PER_RECORD, budgets, fold
from shared.fold.budgets import MOST_KEYS
from shared.fold.formats.envelope import encoded
from shared.fold.outbox import EntryName, OutboxEntry, entry_size
from shared.fold.outcome import Outcome
from shared.fold.profile import (
    Changes,
    CircularPointers,
    Pointer,
    Profile,
    Seen,
    absorbing,
    mark_key,
    token_key,
)
from shared.fold.timers import TimersWithoutEnd
from shared.people.recent_events import remaining, sections
from shared.records import RETENTION
from shared.workspace.model import Settings, Workspace

MOST_ITEMS, MOST_BYTES = 100, 3 * 1024 * 1024
"""Items and bytes of a transaction. It takes 4 MB, of which the person who stays needs less than one:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

MOST_MARKS = MOST_KEYS
"""Partition keys of a person whose place on the stream is remembered, besides those of the batch. Ids that were joined
before anything came under them may bring more: anybody can name them, and the item must stay small."""


MOST_TURNS = 1_000
"""Portions of one record that had nothing but timers which were due before it. Whoever waited for months, without a
sweep and without an event, has a few; more are those of a part that never ends, and would keep the shard for ever."""


class People:
    """Changed people and pointers replace what is `stored`, key by key.

    `firsts` are the sequence numbers of the batch's first record of each partition key, `said` the portions that are
    announced for certain, or put aside for good: these are `aside`; at most `most` records are saved together.
    """

    def __init__(
        self,
        stored: Stored,
        firsts: Mapping[str, str],
        said: Collection[EntryName] = (),
        aside: Collection[EntryName] = (),
        most: float = inf,
    ) -> None:
        self._stored = stored
        self._items = stored.items
        self._firsts = firsts
        self._said = said
        self._aside = aside
        self._most = most
        self._units = Units()
        self._known_as_loaded = {
            key: item.key
            for item in stored.items.values()
            if isinstance(item, Profile)
            for key in _known_keys(item)
        }
        """Ids that were not read because their person knew them. They stay that person's when they are forgotten."""
        self.decided: list[Decided] = []
        self.covered: list[Arrival] = []
        """Records that were folded before: what is not announced of them again was announced, or put aside."""
        self._awaited: set[str] = set()
        """What is named by records that wait for the next round: who is concerned by it waits behind them, or the cuts
        would decide which of two people is first to name an id."""
        self._long_outboxes: dict[str, bool] = {}
        self._settled: dict[str, Settled] = {}
        self._days = Settings().timeline_days

    def fold(self, arrival: Arrival, workspace: Workspace) -> None:
        """Fold the record into its person, as much of it as fits one save; what was folded before is only repeated.

        A record that the mark covers, but about which nothing is left to say, was said for certain, or was put aside
        when the mark passed it.
        """
        self._days = workspace.settings.timeline_days
        root = self._stored.root(arrival.record.key)
        person = self._stored.person(root)
        unsaid = self._unsaid(person, arrival)
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
            or (self._awaited and not self._awaited.isdisjoint(self._concerned(arrival, root)))
        )
        outcome = None if must_wait else self._outcome(person, arrival, workspace)
        if outcome is None:
            self._awaited |= self._concerned(arrival, root)
            self._units.waiting_for(root).later.append(arrival)
            return
        moves = push_tokens.moves(outcome, root, self._stored)
        self._join(root, outcome.joined)
        self._move(root, moves)
        self._change(person, outcome, arrival, workspace)
        if outcome.end < len(arrival.events):
            self._awaited |= self._concerned(arrival, root)

    def pass_over(self, arrival: Arrival) -> None:
        """The record was put aside: the mark passes it, so that it is not tried again when its batch comes again.

        Not while something before it waits: the mark would pass that too.
        """
        person = self._known(arrival)
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
        person = self._known(arrival)
        return person.done_of(*arrival.place) if person is not None else 0

    def saved(self) -> list[Decided]:
        """What is to be announced: what was decided about records that are saved, now or before."""
        unsaved = {
            decided.entry.name for unit in self._units.each() if not unit.is_saved for decided in unit.decided
        }
        saved = [decided for decided in self.decided if decided.entry.name not in unsaved]
        recents: dict[str, Recent] = {}
        for decided in saved:
            key = self._stored.root(decided.person.key)
            if key not in recents:
                recents[key] = self._recent(key)
            decided.recent = recents[key]
        return saved

    def _recent(self, key: str) -> Recent:
        """What the person's item has of the timeline."""
        person, settled = self._stored.person(key), self._settled.get(key)
        if settled is not None and settled.person is person:
            return settled.recent
        return Recent(sections(person))

    def must_let_go(self, entry: OutboxEntry, arrival: Arrival, *, at_once: bool) -> bool:
        """Whether what is said, or put aside, must leave the outbox before the key's next record comes: to be put aside
        only once, or because the outbox is long."""
        person = self._known(arrival)
        if person is None or not (at_once or self._is_long(person)):
            return False
        return entry in person.outbox

    def units(self) -> list[Unit]:
        """What has to be saved, each unit once. Where there is room, pointers that were followed are shortened."""
        for pointer, end in self._stored.detours():
            unit = self._units.begun(end)
            if unit is not None and pointer.key not in unit.keys and 0 < len(unit.keys) < MOST_ITEMS:
                self._items[pointer.key] = replace(pointer, target=end)
                unit.keys.add(pointer.key)
        return self._units.each()

    def changes(self, unit: Unit) -> Changes:
        """What is to be saved of the unit: the same, however often it is asked for."""
        if unit.changes is None:
            states = self._settle(unit)
            items = [self._items[key] for key in sorted(unit.keys) if key in self._items]
            unit.changes = Changes(
                profiles=tuple(item for item in items if isinstance(item, Profile)),
                pointers=tuple(item for item in items if isinstance(item, Pointer)),
                states=states,
            )
        return unit.changes

    def _settle(self, unit: Unit) -> dict[str, bytes]:
        """Keep the events of the unit in its items, or leave them to be put on the timeline; the items' bytes."""
        of_person: dict[str, list[Decided]] = {}
        for decided in unit.decided:
            of_person.setdefault(self._stored.root(decided.person.key), []).append(decided)
        states: dict[str, bytes] = {}
        for key, about in of_person.items():
            made = settled(self._stored.person(key), about, self._days)
            self._items[key], states[key], self._settled[key] = made.person, made.state, made
        return states

    def _outcome(self, person: Profile, arrival: Arrival, workspace: Workspace) -> Outcome | None:
        """What the record makes of its person. None, when that does not fit beside what the batch changed before."""
        unit = self._units.begun(person.key) or Unit()
        if person.turn_of(*arrival.place) >= MOST_TURNS:
            raise TimersWithoutEnd(f"{MOST_TURNS} portions of timers")
        portion = budgets.room_in_save(person, arrival.events, unit.outbox)
        if portion <= 0 or len(unit.decided) >= self._most:
            return None
        strangers = self._strangers(arrival, person.key)
        measured = self._unfinished(person, arrival) if strangers else person
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

    def _strangers(self, arrival: Arrival, root: str) -> dict[str, Profile | Pointer]:
        """What is stored under the ids the record names, pointers followed to their end, and those ends."""
        found: dict[str, Profile | Pointer] = {}
        for key in arrival.identities - {root}:
            item = self._items.get(key)
            led_to = self._known_as_loaded.get(key) if item is None else key
            if isinstance(item, Profile):
                found[key] = self._unfinished(item, arrival)
            elif led_to is not None:
                end = self._stored.root(led_to)
                found[key] = Pointer(key, end)
                if end != root and isinstance(person := self._items.get(end), Profile):
                    found[end] = self._unfinished(person, arrival)
        return found

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
        forgotten = arrival.arrived_at - RETENTION
        start, turn = person.done_of(*arrival.place), person.turn_of(*arrival.place)
        end = outcome.end if outcome.end < len(arrival.events) else None
        entry = OutboxEntry(
            record.key,
            arrival.sequence,
            arrival.arrived_at,
            workspace.version,
            outcome.decisions,
            start,
            end,
            turn,
        )
        outbox = (*(said for said in base.outbox if self._may_be_asked_for(said, forgotten)), entry)
        next_turn = 0 if end is None else turn + (end == start)
        changed = Profile(
            base.key,
            base.version,
            states=outcome.states,
            seen=self._other_marks(base, record.key, forgotten)
            | {mark_key(record.key): Seen(arrival.sequence, arrival.arrived_at, end, next_turn)},
            outbox=outbox,
            absorbed=base.absorbed,
            recent=remaining(base.recent, self._in_chunks(base, outcome, start), outbox),
            due_at=outcome.due_at,
            created_at=min(base.created_at or arrival.arrived_at, arrival.arrived_at),
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

    def _in_chunks(self, person: Profile, outcome: Outcome, start: int) -> Iterator[OutboxEntry]:
        """The entries whose events are in a chunk of the timeline. Where a record only repeats another one, this may be
        of a batch that the stream gave up and somebody brought back: then what was saved of it was never announced, and
        the events that were to leave with it stay."""
        repeats = 0 < len(outcome.decisions.duplicates) == outcome.end - start
        for entry in person.outbox:
            if entry.name not in self._aside and (not repeats or entry.name in self._said):
                yield entry

    def _other_marks(self, person: Profile, came: str, forgotten: datetime) -> dict[bytes, Seen]:
        """Those of other keys that are still needed. Of too many, the batch's and those that came last."""
        key_came = mark_key(came)
        seen = {key: mark for key, mark in person.seen.items() if mark.at >= forgotten and key != key_came}
        if len(seen) < MOST_MARKS:
            return seen
        needed = {mark_key(person.key), *map(mark_key, self._firsts)}
        idle = [key for key in seen if key not in needed]
        for key in sorted(idle, key=lambda key: seen[key].at)[: len(seen) - MOST_MARKS + 1]:
            del seen[key]
        return seen

    def _concerned(self, arrival: Arrival, root: str) -> set[str]:
        """The record's person, the ids and push tokens that it names, and whose these are by now."""
        named = arrival.identities | set(map(token_key, arrival.tokens))
        found = {root, *named}
        for key in named:
            led_to = key if key in self._items else self._known_as_loaded.get(key, key)
            try:
                found.add(self._stored.root(led_to))
            except (CircularPointers, ChainTooLong):
                continue  # it says so when it is folded
        return found

    def _known(self, arrival: Arrival) -> Profile | None:
        """The record's person, if there is one."""
        try:
            item = self._items.get(self._stored.root(arrival.record.key))
        except (CircularPointers, ChainTooLong):
            return None
        return item if isinstance(item, Profile) else None

    def _is_long(self, person: Profile) -> bool:
        """Whether the outbox must not stay so: measured once, when everything is folded."""
        is_long = self._long_outboxes.get(person.key)
        if is_long is None:
            is_long = self._long_outboxes[person.key] = budgets.is_long(person)
        return is_long

    def _unsaid(self, person: Profile, arrival: Arrival) -> list[OutboxEntry]:
        """What was decided about the record when it was here before, and may not have been announced."""
        if arrival.decided is not None:
            entries = [arrival.decided]
        else:
            entries = [entry for entry in person.outbox if (entry.key, entry.sequence) == arrival.place]
        return [entry for entry in entries if entry.name not in self._said]

    def _shorten(self, person: Profile, arrival: Arrival) -> None:
        """Let go of what is announced for certain: it was so much that it must not stay until the next record."""
        outbox = tuple(entry for entry in person.outbox if entry.name not in self._said)
        if len(outbox) < len(person.outbox):
            recent = remaining(person.recent, (), outbox)  # what was put aside may not be in a chunk
            self._items[person.key] = replace(person, outbox=outbox, recent=recent)
            self._units.of(person.key).noted.append(arrival)

    def _unfinished(self, person: Profile, arrival: Arrival) -> Profile:
        """The person with what the next save keeps of the outbox: only that takes room from those who join."""
        forgotten = arrival.arrived_at - RETENTION
        outbox = tuple(entry for entry in person.outbox if self._may_be_asked_for(entry, forgotten))
        return person if len(outbox) == len(person.outbox) else replace(person, outbox=outbox)

    def _may_be_asked_for(self, entry: OutboxEntry, forgotten: datetime) -> bool:
        """Records of a key come in order: one from before this batch's first of that key is done with."""
        first = self._firsts.get(entry.key)
        is_done = entry.name in self._said or (first is not None and entry.sequence < first)
        return entry.at >= forgotten and not is_done


def _known_keys(person: Profile) -> tuple[str, ...]:
    """None of a person whose ids cannot be read: no record of theirs is folded, nor one that would join them."""
    try:
        return person.states.identities.known
    except UnreadableSlice:
        return ()
