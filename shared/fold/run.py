"""The loop of the fold: timers that are due, then an event that arrived, then whatever follows, round the parts.

**Timers first.** Before an event that arrives at t is folded, every timer of its person with due ≤ t is folded, instant
by instant, at one instant in the order of `Order.waiting`, whether `sweep` has come by or not. Each is folded at its
own instant, which is `facts.now` then. A tick of `sweep` says only that the time has come: it folds the timers that any
event at that instant would have folded, and nothing else. Before somebody joins, their timers are folded too, as
theirs. A timer for an instant that has passed is folded at once.

**Logical time never runs back.** A person's records may come from several shards, one of them late, or out of the
dead-letter queue days later. Whatever arrived before the latest instant that was folded (`Profile.clock`) is folded at
that instant: it does not undo what the time decided. Times that an event itself says stay as they are.

So for one order of a person's records the decisions and the slices are the same, whatever the cuts into batches and
portions, the deliveries, and the sweeps; marks, outbox entries and versions may differ. A tick that folded a timer
stands in that order like a record: one from a late shard that follows it finds the time where the tick left it.

**Circles end.** What follows from an event or timer goes round in generations, all events of one before the next: at
most `GENERATIONS` of them. What goes through the stream or a timer is counted by its depth: at `DEEPEST` nothing is
asked for any more, and no timer makes an event. What is cut is named in `Outcome.cut`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf

from shared.events import DOCTOR, Event, system_event
from shared.fold.deciding import Deciding
from shared.fold.effects import (
    NO_ROOM,
    ONE_IDENTITY,
    Ask,
    Derive,
    Effect,
    Facts,
    Forward,
    InSession,
    Join,
    Merged,
    Refuse,
    Registered,
    Repeat,
    Unfolded,
)
from shared.fold.order import Order
from shared.fold.outbox import FROM_ONE_CAUSE, Decisions, Refusal, Request
from shared.fold.parts import duplicates
from shared.fold.parts.devices import holds
from shared.fold.profile import Pointer, Profile
from shared.fold.slices import DueTimer, Slices
from shared.fold.state import States
from shared.records import DEEPEST

GENERATIONS = 8
"""What follows from an event, what follows from that, and so on: so often at one instant."""

MOST_AT_ONE_INSTANT = 1_000
"""Timers of one person at one instant: more are those of a part that never ends."""


class TimersWithoutEnd(Exception):
    """A part is due at one instant again and again: see `WaitingPart.wake`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a record's events up to index `end`: none, if timers alone filled the portion.

    `joined` are the keys that became this person's, profiles stored there included; `registered` the push tokens that
    did. `dues` says when each part wants to be woken, `due_at` when the first of them does, or a moment before. `clock`
    is the latest instant that was folded. `cut` names what circles in the workspace would have made follow.
    """

    states: States
    decisions: Decisions
    joined: tuple[str, ...]
    due_at: datetime | None
    end: int
    registered: tuple[str, ...]
    dues: Mapping[str, datetime]
    clock: datetime | None
    cut: tuple[str, ...] = ()


class Run:
    """One record's events on their way round the parts. `facts.now` is the record's arrival."""

    def __init__(
        self,
        order: Order,
        profile: Profile,
        facts: Facts,
        strangers: Mapping[str, Profile | Pointer],
        arriving: int,
    ) -> None:
        self.order = order
        self.arrival = facts.now
        self.facts = facts
        self.slices = Slices(order, profile.states, facts, profile.latest)
        self.strangers = strangers
        self.decided = Deciding(arriving)

    @property
    def size(self) -> int:
        """How many bytes the decisions take."""
        return self.decided.size

    def fold_timers(self, portion: float = inf) -> bool:
        """Fold the timers that are due by the arrival. Whether that is all of them: no further ones are begun once the
        decisions take `portion` bytes."""
        slices = self.slices
        until = self.arrival if slices.clock is None else max(self.arrival, slices.clock)
        is_done = self._fold_timers(slices, until, portion)
        if slices.facts.leads_to is not self.facts.leads_to:  # timers know nothing of the record
            slices.know(replace(self.facts, now=slices.facts.now))
        return is_done

    def meet(self, index: int, event: Event) -> None:
        """An event that arrived: through the gates, then round the parts, then whatever follows from it."""
        slices, decided = self.slices, self.decided
        is_somebody = slices.clock is not None
        slices.stand_at(self.arrival)
        before, now, facts = dict(slices.states), slices.facts.now, self.facts
        mark: tuple[int, ...] | None = None
        effects: list[Effect] = []
        for part in self.order.everything if event.source != DOCTOR else self.order.probing:
            for effect in slices.shown(part, event):
                match effect:
                    case Repeat():
                        decided.duplicates.append(index)
                        return
                    case Unfolded():
                        counted = slices.states[part.name]
                        slices.states.undo(before)
                        slices.states[part.name] = counted
                        decided.unfolded.append(index)
                        slices.withdraw(event)
                        return
                    case Refuse(reason):
                        slices.states.undo(before)
                        if mark is not None:
                            self.facts, slices.clock = facts, now
                            slices.know(replace(facts, now=now))
                            decided.back_to(mark)
                        decided.refuse(Refusal(index, reason.code.value, reason.field, reason.message))
                        if event.source != DOCTOR:
                            slices.withdraw(event)
                        return
                    case Join(key):
                        mark = mark or decided.mark()
                        effects += self._join(key, is_somebody=is_somebody)
                    case _:
                        effects.append(effect)
        session = next((effect.session_id for effect in effects if isinstance(effect, InSession)), None)
        decided.in_session(index, session)
        if effects:
            self._follow(slices, index, event, effects)

    def repeat(self, index: int) -> None:
        """An event of a record that came before as a whole."""
        self.slices.stand_at(self.arrival)
        self.decided.duplicates.append(index)

    def remember(self, digest: bytes, before: bytes | None) -> None:
        """The record as a whole, for when it comes again, as far as it is folded: see `duplicates.remember`."""
        not_folded = [*self.decided.unfolded, *(refusal.index for refusal in self.decided.refused)]
        states, now = self.slices.states, self.slices.facts.now
        states[duplicates.name] = duplicates.remember(
            states[duplicates.name], digest, before, not_folded, now
        )

    def outcome(self, due_before: datetime | None, *, end: int, is_tick: bool) -> Outcome:
        """`due_before` is what the profile is due at; `is_tick` whether `sweep` sent the record."""
        slices, decided = self.slices, self.decided
        dues = slices.dues()
        states = slices.remembered().waiting(dues)
        unread = states.unread_due(slices.clock or self.arrival)
        due = min((*dues.values(), *unread), default=None)
        if not is_tick and due_before is not None and (slices.clock is None or due_before > slices.clock):
            # Events only move it earlier, as long as it has not passed: a busy person costs no index writes.
            due = due_before if due is None else min(due, due_before)
        return Outcome(
            states,
            decided.decisions(),
            tuple(decided.joined),
            due,
            end,
            tuple(token for token in decided.registered if holds(states.devices, token)),
            dues,
            slices.clock,
            tuple(decided.cut),
        )

    def _fold_timers(self, slices: Slices, until: datetime, portion: float = inf) -> bool:
        instant, count = None, 0
        while (due := slices.next_timer()) is not None and due.at <= until:
            if self.decided.size >= portion:
                return False
            count = count + 1 if due.at == instant else 1
            instant = due.at
            if count > MOST_AT_ONE_INSTANT:
                raise TimersWithoutEnd(f"{due.part.name} is due again and again")
            self._wake(slices, due)
        return True

    def _wake(self, slices: Slices, due: DueTimer) -> None:
        """Fold one timer as the person it belongs to."""
        root, depth = slices.facts.root, due.timer.depth
        slices.know(self._facts_of_timers(root, due.at, depth))
        if following := slices.wake(due):
            index, woken = self.decided.wake(root, due.part.name, due.at, depth)
            self._follow(slices, index, woken.event, following)

    def _facts_of_timers(self, root: str, at: datetime, depth: int) -> Facts:
        """Nothing of the record by which they happen to be folded."""
        return Facts(at, self.facts.workspace, "server", depth, root, {}, {}, NO_ROOM)

    def _join(self, key: str, *, is_somebody: bool) -> Sequence[Effect]:
        """From here on, `key` and whatever led to it lead to this person: nobody joins twice.

        Returns what the parts answer to it, if a profile is stored there.
        """
        slices, facts = self.slices, self.facts
        self.decided.joined.append(key)
        ours = {named for named, owner in facts.leads_to.items() if owner == key} | {key}
        self.facts = replace(
            facts,
            room=facts.room.after(facts.costs.get(key, ONE_IDENTITY)),
            leads_to={**facts.leads_to, **dict.fromkeys(ours, facts.root)},
        )
        slices.know(replace(self.facts, now=slices.facts.now))
        stranger = self.strangers.get(key)
        if not isinstance(stranger, Profile):
            return []
        as_theirs = self._facts_of_timers(stranger.key, facts.now, 0)
        theirs = Slices(self.order, stranger.states, as_theirs, stranger.latest)
        self._fold_timers(theirs, slices.facts.now)
        if theirs.clock is not None:
            slices.stand_at(theirs.clock)
        merged = Merged(key, of_two=is_somebody and theirs.clock is not None)
        return slices.merge(theirs.remembered(), merged)

    def _follow(self, slices: Slices, cause_index: int, cause: Event, effects: Sequence[Effect]) -> None:
        """Settle what an event or timer makes follow. Derived events go round the parts too, and what follows from
        those, one generation after another."""
        decided = self.decided
        generation = self._settle(slices, cause_index, effects)
        if not generation:
            return
        begun = decided.size
        if cause_index < 0 and slices.facts.depth >= DEEPEST:
            decided.cut_off(generation)
            return
        for number in range(GENERATIONS):
            following: list[Derive] = []
            for position, derive in enumerate(generation):
                if number > 0 and decided.size - begun >= FROM_ONE_CAUSE:
                    decided.cut_off([*generation[position:], *following])
                    return
                event = system_event(derive.name, cause, derive.properties, derive.at, derive.token)
                index = decided.derive(cause_index, derive)
                shown = [effect for part in self.order.parts for effect in slices.shown(part, event)]
                following += self._settle(slices, index, shown)
            generation = following
            if not generation:
                return
        decided.cut_off(generation)

    def _settle(self, slices: Slices, index: int, effects: Sequence[Effect]) -> list[Derive]:
        """Note what the effects decide; return the events that follow."""
        following: list[Derive] = []
        for effect in effects:
            match effect:
                case Ask() if slices.facts.depth >= DEEPEST:
                    self.decided.cut_off([effect])
                case Ask(campaign, channel):
                    self.decided.ask(Request(campaign, channel, index))
                case Forward():
                    self.decided.forwarded.append(index)
                case Registered(token):
                    self.decided.registered.append(token)
                case Derive():
                    following.append(effect)
        return following
