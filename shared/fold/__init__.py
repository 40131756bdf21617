"""The fold: a person's profile and their next events in; the new profile and what follows from them out.

`fold` only loops. What an event means is in the parts, and this is their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from shared.events import Event, system_event
from shared.fold import (
    app_versions,
    campaigns,
    consents,
    counters,
    devices,
    duplicates,
    identities,
    routes,
    sessions,
    traits,
    trust,
    utm,
    volume,
)
from shared.fold.effects import (
    NOTHING,
    Ask,
    Derive,
    Effect,
    Facts,
    Forward,
    InSession,
    Join,
    Refuse,
    Repeat,
    Unfolded,
    is_timer,
)
from shared.fold.part import Part
from shared.fold.profile import Pointer, Profile
from shared.fold.state import States
from shared.outbox import Decisions, Refusal, Request
from shared.records import Trust
from shared.workspace import Workspace

GATES: tuple[Part, ...] = (volume, duplicates, trust)
"""What an event that arrives must pass; those we derive ourselves need not."""

PARTS: tuple[Part, ...] = (
    identities,
    traits,
    consents,
    devices,
    counters,
    sessions,
    app_versions,
    utm,
    routes,
    campaigns,
)

WAITING = (sessions,)
"""The parts that wait for a time."""

ALL = (*GATES, *PARTS)

REMEMBERED = tuple(slice_.name for slice_ in fields(States))

MOST_DERIVED = 32
"""Events that one event may cause in one pass; more than that is a loop in the workspace."""


class TooManyDerived(Exception):
    """An event caused more than `MOST_DERIVED` others."""


JOINS_PER_RECORD = 45
"""Identities that may join while one record is folded; what they change must fit one transaction, twice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one record. `joined` are the keys that became this person's, profiles stored there included."""

    states: States
    decisions: Decisions
    joined: tuple[str, ...]
    due_at: datetime | None


def fold(
    profile: Profile,
    events: Sequence[Event],
    workspace: Workspace,
    now: datetime,
    *,
    trust: Trust = "server",
    depth: int = 0,
    strangers: Mapping[str, Profile | Pointer] | None = None,
    room: int = JOINS_PER_RECORD,
) -> Outcome:
    """Fold one record's events, in order. `now` is the record's arrival; `strangers` are what is stored under the
    identities the events name, pointers followed to their end, and the people at those ends; `room` is how many of them
    may join.

    Raises TooManyDerived when the workspace makes events cause each other without end.
    """
    strangers = strangers or {}
    owners = {key: stored.target if isinstance(stored, Pointer) else key for key, stored in strangers.items()}
    facts = Facts(now, workspace, trust, depth, profile.key, owners, {}, room)
    person = _Person(profile, facts, strangers, len(events))
    for index, event in enumerate(events):
        if is_timer(event):
            person.wake(event)
        else:
            person.meet(index, event)
    return person.outcome(profile.due_at, woken=any(map(is_timer, events)))


def next_due(states: States, workspace: Workspace) -> datetime | None:
    """When the first of the parts that wait wants to be woken."""
    times = [part.due(getattr(states, part.name), workspace.settings) for part in WAITING]
    return min((time for time in times if time is not None), default=None)


def merge(one: States, other: States) -> States:
    """The slices of one person out of two; `one` is the person who stays."""
    return States(
        **{
            part.name: part.merge(getattr(one, part.name), getattr(other, part.name))
            for part in ALL
            if part.name in REMEMBERED
        }
    )


def explain(states: States) -> dict[str, str]:
    """Each part's slice in a few words."""
    return {part.name: part.explain(getattr(states, part.name)) for part in ALL if part.name in REMEMBERED}


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


class _Person:
    """The loop's working state for one record: slices as they become, decisions as they fall."""

    def __init__(
        self, profile: Profile, facts: Facts, strangers: Mapping[str, Profile | Pointer], arriving: int
    ) -> None:
        self.states: dict[str, Any] = {part.name: getattr(profile.states, part.name, NOTHING) for part in ALL}
        self.facts = facts
        self.facts_of = self._facts_of_parts()
        self.strangers = strangers
        self.arriving = arriving
        self.joined: list[str] = []
        self.duplicates: list[int] = []
        self.unfolded: list[int] = []
        self.refused: list[Refusal] = []
        self.sessions: list[tuple[int, str | None]] = []
        self.derived: list[Event] = []
        self.requests: list[Request] = []
        self.forwarded: list[int] = []

    def meet(self, index: int, event: Event) -> None:
        """An event that arrived: through the gates, then round the parts, then whatever follows from it."""
        before, joined_before, room_before = dict(self.states), len(self.joined), self.facts.room
        effects: list[Effect] = []
        for part in ALL:
            for effect in self._shown(part, event):
                match effect:
                    case Repeat():
                        self.duplicates.append(index)
                        return
                    case Unfolded():
                        self.unfolded.append(index)
                        return
                    case Refuse(reason):
                        self.states.update(before)
                        del self.joined[joined_before:]
                        self._room_for(room_before)
                        self.refused.append(Refusal(index, reason.code.value, reason.field, reason.message))
                        return
                    case Join(key):
                        self._join(key)
                    case _:
                        effects.append(effect)
        self._in_session(index, effects)
        self._follow(event, self._settle(index, effects))

    def wake(self, timer: Event) -> None:
        """The timer: only parts that wait and whose time has come are shown it."""
        for part in WAITING:
            at = part.due(self.states[part.name], self.facts.workspace.settings)
            if at is not None and at <= self.facts.now:
                self._follow(
                    timer, [effect for effect in self._shown(part, timer) if isinstance(effect, Derive)]
                )

    def outcome(self, due_before: datetime | None, *, woken: bool) -> Outcome:
        states = self._remembered()
        due = next_due(states, self.facts.workspace)
        if (
            not woken and due_before is not None
        ):  # events only move it earlier: a busy person costs no index writes
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
        return Outcome(states, decisions, tuple(self.joined), due)

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
            for part in ALL
        }

    def _room_for(self, joins: int) -> None:
        if joins != self.facts.room:
            self.facts = replace(self.facts, room=joins)
            self.facts_of = self._facts_of_parts()

    def _join(self, key: str) -> None:
        self.joined.append(key)
        self._room_for(self.facts.room - 1)
        stranger = self.strangers.get(key)
        if isinstance(stranger, Profile):
            both = merge(self._remembered(), stranger.states)
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
                case Forward():
                    self.forwarded.append(index)
                case Derive():
                    following.append(effect)
        return following

    def _follow(self, cause: Event, following: list[Derive]) -> None:
        """Derived events go round the parts too, and what follows from those."""
        waiting, folded = list(following), 0
        while waiting:
            folded += 1
            if folded > MOST_DERIVED:
                raise TooManyDerived(f"{cause.name} caused more than {MOST_DERIVED} events in one pass")
            derive = waiting.pop(0)
            event = system_event(derive.name, cause, derive.properties, derive.at, derive.token)
            index = self.arriving + len(self.derived)
            self.derived.append(event)
            effects = [effect for part in PARTS for effect in self._shown(part, event)]
            waiting += self._settle(index, effects)
