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
stands in that order like a record: one from a late shard that follows it finds the time where the tick left it. Only
where an item is nearly full, by its outbox too, do cuts decide who joins now and who at their next event (`Room`).

**Circles end.** What follows from an event or timer goes round in generations, all events of one before the next: at
most `GENERATIONS` of them. What goes through the stream or a timer is counted by its depth: at `DEEPEST` nothing is
asked for any more, and no timer makes an event. What is cut is named in `Outcome.cut`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf

from shared.events import DOCTOR, Event
from shared.fold.consequences import Cause, follow
from shared.fold.deciding import Deciding
from shared.fold.effects import (
    ONE_IDENTITY,
    Effect,
    Facts,
    InSession,
    Join,
    Merged,
    NoRoom,
    Refuse,
    Repeat,
    Unfolded,
)
from shared.fold.order import Order
from shared.fold.outbox import Refusal
from shared.fold.outcome import Outcome
from shared.fold.parts import duplicates, sessions
from shared.fold.parts.devices.device import KEPT
from shared.fold.parts.duplicates import whole_records
from shared.fold.profile import Pointer, Profile
from shared.fold.slices import Slices
from shared.fold.timers import facts_of_timers, fold_timers


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

    def has_room(self, portion: float) -> bool:
        """Whether another event may be folded: the decisions take less than `portion` bytes, and the tokens that change
        hands, each with two people's items, fit one save."""
        return self.decided.size < portion and len(self.decided.registered) < KEPT

    def fold_timers(self, portion: float = inf) -> bool:
        """Fold the timers that are due by the arrival. Whether that is all of them: no further ones are begun once the
        decisions take `portion` bytes."""
        slices = self.slices
        clock, until = slices.clock, self.arrival
        if clock is not None and clock > until:
            until = clock
        is_done = fold_timers(self.order, self.decided, slices, until, portion)
        if slices.facts.leads_to is not self.facts.leads_to:  # timers know nothing of the record
            slices.know(self.facts.at(slices.facts.now))
        return is_done

    def meet(self, index: int, event: Event) -> bool:
        """An event that arrived: through the gates, then round the parts, then whatever follows from it. False, if it
        is to be folded only after the events before it are saved: they left no room for who joins."""
        slices, decided = self.slices, self.decided
        is_somebody = slices.clock is not None
        slices.stand_at(self.arrival)
        before, now, facts, others = slices.states.kept(), slices.facts.now, self.facts, len(decided.joined)
        mark: tuple[int, ...] | None = None
        session: str | None = None
        effects: list[Effect] = []
        for part in self.order.met_by(event, facts):
            for effect in slices.shown(part, event):
                match effect:
                    case InSession(session_id):
                        session = session_id
                    case Repeat():
                        decided.duplicates.append(index)
                        return True
                    case Unfolded():
                        counted = slices.states[part.name]
                        slices.states.undo(before)
                        slices.states[part.name] = counted
                        decided.unfolded.append(index)
                        decided.in_session(
                            index, sessions.running_at(slices.states[sessions.name], event, slices.facts)
                        )
                        slices.withdraw(event)
                        return True
                    case NoRoom() if others:
                        slices.states.undo(before)
                        return False
                    case Refuse(reason) | NoRoom(reason):
                        slices.states.undo(before)
                        if mark is not None:
                            self.facts, slices.clock = facts, now
                            slices.know(facts.at(now))
                            decided.back_to(mark)
                        decided.refuse(Refusal(index, reason.code.value, reason.field, reason.message))
                        if event.source != DOCTOR:
                            slices.withdraw(event)
                        return True
                    case Join(key):
                        mark = mark or decided.mark()
                        effects += self._join(key, is_somebody=is_somebody)
                    case _:
                        effects.append(effect)
        decided.in_session(index, session)
        if effects:
            follow(self.order, self.decided, slices, Cause(index, event), effects)
            if self.facts.tokens and decided.registered:
                self._own_tokens()
        return True

    def repeat(self, index: int) -> None:
        """An event of a record that came before as a whole."""
        self.slices.stand_at(self.arrival)
        self.decided.duplicates.append(index)

    def remember(self, digest: bytes, before: bytes | None) -> None:
        """The record as a whole, for when it comes again, as far as it is folded: see `whole_records.remember`."""
        not_folded = [*self.decided.unfolded, *(refusal.index for refusal in self.decided.refused)]
        states, now = self.slices.states, self.slices.facts.now
        states[duplicates.name] = whole_records.remember(
            states[duplicates.name], digest, before, not_folded, now
        )

    def remember_again(self, digest: bytes, again: range) -> None:
        """A record that is remembered as a whole, of which these events came again."""
        not_folded = [*self.decided.unfolded, *(refusal.index for refusal in self.decided.refused)]
        states, now = self.slices.states, self.slices.facts.now
        states[duplicates.name] = whole_records.remember_again(
            states[duplicates.name], digest, again, not_folded, now
        )

    def outcome(self, due_before: datetime | None, *, end: int, is_tick: bool) -> Outcome:
        """`due_before` is what the profile is due at; `is_tick` whether `sweep` sent the record."""
        slices, decided = self.slices, self.decided
        answered, others = slices.dues(), slices.dues_of_others()
        dues = {**others, **answered}
        states = slices.remembered().waiting(dues)
        unanswered = states.unanswered_due(others, max(filter(None, (slices.clock, self.arrival))))
        due = min((*answered.values(), *unanswered), default=None)
        if not is_tick and due_before is not None and (slices.clock is None or due_before > slices.clock):
            # Events only move it earlier, as long as it has not passed: a busy person costs no index writes.
            due = due_before if due is None else min(due, due_before)
        return Outcome(
            states,
            decided.decisions(),
            tuple(decided.joined),
            due,
            end,
            tuple(dict.fromkeys(decided.registered)),
            dues,
            slices.clock,
            tuple(decided.cut),
        )

    def _own_tokens(self) -> None:
        """Those that were registered are no longer others': so it is in the record's next portion, too."""
        registered = self.decided.registered
        others = {token: at for token, at in self.facts.tokens.items() if token not in registered}
        self.facts = self.facts._replace(tokens=others)
        self.slices.know(self.facts.at(self.slices.facts.now))

    def _join(self, key: str, *, is_somebody: bool) -> Sequence[Effect]:
        """From here on, `key` and whatever led to it lead to this person: nobody joins twice.

        Returns what the parts answer to it, if a profile is stored there.
        """
        slices, facts = self.slices, self.facts
        self.decided.joined.append(key)
        ours = {named for named, owner in facts.leads_to.items() if owner == key} | {key}
        self.facts = facts._replace(
            room=facts.room.after(facts.costs.get(key, ONE_IDENTITY)),
            leads_to={**facts.leads_to, **dict.fromkeys(ours, facts.root)},
        )
        slices.know(self.facts.at(slices.facts.now))
        stranger = self.strangers.get(key)
        if not isinstance(stranger, Profile):
            return []
        as_theirs = facts_of_timers(facts.workspace, stranger.key, facts.now)
        theirs = Slices(self.order, stranger.states, as_theirs, stranger.latest)
        until = slices.facts.now if theirs.clock is None else max(slices.facts.now, theirs.clock)
        fold_timers(self.order, self.decided, theirs, until)
        if until > slices.facts.now:  # whoever joins is ahead
            fold_timers(self.order, self.decided, slices, until)
            slices.stand_at(until)
            slices.know(self.facts.at(until))
        merged = Merged(key, of_two=is_somebody and theirs.clock is not None)
        return slices.merge(theirs.remembered(), merged)
