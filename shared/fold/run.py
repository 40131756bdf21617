"""The loop of the fold: events go round the parts, and so does what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.events import DOCTOR, Event, system_event
from shared.fold.effects import (
    NOTHING,
    ONE_IDENTITY,
    Ask,
    Derive,
    Effect,
    Facts,
    Forward,
    InSession,
    Join,
    Refuse,
    Registered,
    Repeat,
    Unfolded,
)
from shared.fold.order import REMEMBERED, Order
from shared.fold.outbox import INDEX, SESSION, Decisions, Derived, Refusal, Request, decision_size
from shared.fold.part import Part
from shared.fold.parts import duplicates
from shared.fold.parts.devices import holds
from shared.fold.profile import Pointer, Profile
from shared.fold.state import States

MOST_DERIVED = 32
"""Events that one event may cause in one pass; more than that is a loop in the workspace."""


class TooManyDerived(Exception):
    """An event caused more than `MOST_DERIVED` others."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a record's events up to index `end`. `joined` are the keys that became this person's, profiles
    stored there included; `registered` the push tokens that did."""

    states: States
    decisions: Decisions
    joined: tuple[str, ...]
    due_at: datetime | None
    end: int
    registered: tuple[str, ...]


class _Declared(Mapping[str, Any]):
    """The slices that a part declared to read, as they are at the moment."""

    def __init__(self, states: Mapping[str, Any], names: tuple[str, ...]) -> None:
        self._states = states
        self._names = names

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(f"the part did not declare that it reads {name}")
        return self._states[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Run:
    """One record's events on their way round the parts: slices as they become, decisions as they fall.

    `size` is how many bytes the decisions take, as `shared.fold.outbox` counts them.
    """

    def __init__(
        self,
        order: Order,
        profile: Profile,
        facts: Facts,
        strangers: Mapping[str, Profile | Pointer],
        arriving: int,
    ) -> None:
        self.order = order
        self.everything = order.everything
        self.states: dict[str, Any] = {
            part.name: getattr(profile.states, part.name, NOTHING) for part in self.everything
        }
        self.facts = facts
        self.facts_of = self._facts_of_parts()
        self.strangers = strangers
        self.arriving = arriving
        self.joined: list[str] = []
        self.duplicates: list[int] = []
        self.unfolded: list[int] = []
        self.refused: list[Refusal] = []
        self.sessions: list[tuple[int, str | None]] = []
        self.derived: list[Derived] = []
        self.requests: list[Request] = []
        self.forwarded: list[int] = []
        self.registered: list[str] = []
        self._sized = 0

    def meet(self, index: int, event: Event) -> None:
        """An event that arrived: through the gates, then round the parts, then whatever follows from it."""
        before, joined_before, facts_before = dict(self.states), len(self.joined), self.facts
        effects: list[Effect] = []
        for part in self.everything if event.source != DOCTOR else self.order.probing:
            for effect in self._shown(part, event):
                match effect:
                    case Repeat():
                        self.duplicates.append(index)
                        return
                    case Unfolded():
                        counted = self.states[part.name]
                        self.states.update(before)
                        self.states[part.name] = counted
                        self.unfolded.append(index)
                        self._withdraw(event)
                        return
                    case Refuse(reason):
                        self.states.update(before)
                        del self.joined[joined_before:]
                        self._know(facts_before)
                        self._refuse(Refusal(index, reason.code.value, reason.field, reason.message))
                        if event.source != DOCTOR:
                            self._withdraw(event)
                        return
                    case Join(key):
                        self._join(key)
                    case _:
                        effects.append(effect)
        self._in_session(index, effects)
        self._follow(index, event, self._settle(index, effects))

    @property
    def size(self) -> int:
        indexes = len(self.duplicates) + len(self.unfolded) + len(self.forwarded)
        return self._sized + INDEX * indexes + SESSION * len(self.sessions)

    def repeat(self, index: int) -> None:
        """An event of a record that came before as a whole."""
        self.duplicates.append(index)

    def remember(self, digest: str, before: str | None) -> None:
        """The record as a whole, for when it comes again, as far as it is folded: see `duplicates.remember`."""
        not_folded = [*self.unfolded, *(refusal.index for refusal in self.refused)]
        ring = self.states[duplicates.name]
        self.states[duplicates.name] = duplicates.remember(ring, digest, before, not_folded, self.facts.now)

    def wake(self, index: int, timer: Event) -> None:
        """The timer: only parts that wait and whose time has come are shown it."""
        for part in self.order.waiting:
            at = part.due(self.states[part.name], self.facts.workspace.settings)
            if at is not None and at <= self.facts.now:
                following = [effect for effect in self._shown(part, timer) if isinstance(effect, Derive)]
                self._follow(index, timer, following)

    def outcome(self, due_before: datetime | None, *, end: int, woken: bool) -> Outcome:
        states = self._remembered()
        due = self.order.next_due(states, self.facts.workspace)
        if not woken and due_before is not None:
            # Events only move it earlier: a busy person costs no index writes.
            due = due_before if due is None else min(due, due_before)
        decisions = Decisions(
            duplicates=tuple(self.duplicates),
            unfolded=tuple(self.unfolded),
            refused=tuple(self.refused),
            sessions=tuple(self.sessions),
            derived=tuple(self.derived),
            requests=tuple(self.requests),
            forwarded=tuple(self.forwarded),
        )
        registered = tuple(token for token in self.registered if holds(states.devices, token))
        return Outcome(states, decisions, tuple(self.joined), due, end, registered)

    def _shown(self, part: Part, event: Event) -> list[Effect]:
        name = part.name
        self.states[name], effects = part.apply(self.states[name], event, self.facts_of[name])
        return effects

    def _remembered(self) -> States:
        return States(**{name: self.states[name] for name in REMEMBERED})

    def _facts_of_parts(self) -> dict[str, Facts]:
        """What each part may know: made once, not for each event, for `_Declared` follows the states."""
        return {
            part.name: replace(self.facts, states=_Declared(self.states, part.reads))
            if part.reads
            else self.facts
            for part in self.everything
        }

    def _withdraw(self, event: Event) -> None:
        """What the event takes back, of all it says."""
        for part in self.order.withdrawing:
            self.states[part.name] = part.withdraw(self.states[part.name], event)

    def _know(self, facts: Facts) -> None:
        if facts is not self.facts:
            self.facts = facts
            self.facts_of = self._facts_of_parts()

    def _join(self, key: str) -> None:
        """From here on, `key` and whatever led to it lead to this person: nobody joins twice."""
        self.joined.append(key)
        facts = self.facts
        ours = {named for named, owner in facts.leads_to.items() if owner == key} | {key}
        self._know(
            replace(
                facts,
                room=facts.room.after(facts.costs.get(key, ONE_IDENTITY)),
                leads_to={**facts.leads_to, **dict.fromkeys(ours, facts.root)},
            )
        )
        stranger = self.strangers.get(key)
        if isinstance(stranger, Profile):
            both = self.order.merge(self._remembered(), stranger.states)
            self.states.update({name: getattr(both, name) for name in REMEMBERED})

    def _in_session(self, index: int, effects: list[Effect]) -> None:
        session = next((effect.session_id for effect in effects if isinstance(effect, InSession)), None)
        if session != (self.sessions[-1][1] if self.sessions else None):
            self.sessions.append((index, session))

    def _settle(self, index: int, effects: list[Effect]) -> list[Derive]:
        """Note what the effects decide; return the events that follow."""
        following: list[Derive] = []
        for effect in effects:
            match effect:
                case Ask(campaign, channel):
                    self.requests.append(Request(campaign, channel, index))
                    self._sized += decision_size(self.requests[-1])
                case Forward():
                    self.forwarded.append(index)
                case Registered(token):
                    self.registered.append(token)
                case Derive():
                    following.append(effect)
        return following

    def _refuse(self, refusal: Refusal) -> None:
        self.refused.append(refusal)
        self._sized += decision_size(refusal)

    def _follow(self, cause_index: int, cause: Event, following: list[Derive]) -> None:
        """Derived events go round the parts too, and what follows from those."""
        waiting, folded = list(following), 0
        while waiting:
            folded += 1
            if folded > MOST_DERIVED:
                raise TooManyDerived(f"{cause.name} caused more than {MOST_DERIVED} events in one pass")
            derive = waiting.pop(0)
            event = system_event(derive.name, cause, derive.properties, derive.at, derive.token)
            index = self.arriving + len(self.derived)
            self.derived.append(Derived(derive.name, cause_index, derive.properties, derive.at, derive.token))
            self._sized += decision_size(self.derived[-1])
            effects = [effect for part in self.order.parts for effect in self._shown(part, event)]
            waiting += self._settle(index, effects)
