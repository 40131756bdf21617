"""One person while a record is folded: the slices as they become, and the parts that are shown something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shared.events import Event
from shared.fold.effects import Consequence, Effect, Facts, Merged, Timer
from shared.fold.order import Order
from shared.fold.part import Part, WaitingPart
from shared.fold.state import SlicesByName, States


class DueTimer(NamedTuple):
    """A part's timer, and the instant at which it is folded: its own, or what was folded before is later."""

    at: datetime
    part: WaitingPart
    timer: Timer


class Slices:
    """`clock` is the person's logical time: the latest instant that was folded, None before the first one."""

    def __init__(self, order: Order, states: States, facts: Facts, clock: datetime | None) -> None:
        self.order = order
        self.clock = clock
        self.facts = facts
        self.states = SlicesByName(states)
        self._facts_of: dict[str, Facts] = {}
        self._timers: dict[str, tuple[Any, tuple[Any, ...], Timer | None]] = {}

    def remembered(self) -> States:
        return self.states.slices()

    def know(self, facts: Facts) -> None:
        """What the parts may know from here on."""
        if facts is not self.facts:
            self.facts = facts
            self._facts_of = {}

    def stand_at(self, at: datetime) -> None:
        """Logical time goes on to the instant; it never runs back."""
        if self.clock is None or self.clock < at:
            self.clock = at
        if self.facts.now != self.clock:
            self.know(self.facts.at(self.clock))

    def shown(self, part: Part, event: Event) -> list[Effect]:
        name, states = part.name, self.states
        facts = self._facts_for(part) if part.reads else self.facts
        states[name], effects = part.apply(states[name], event, facts)
        return effects

    def withdraw(self, event: Event) -> None:
        """What the event takes back, of all it says."""
        for part in self.order.withdrawing:
            self.states[part.name] = part.withdraw(self.states[part.name], event)

    def merge(self, other: States, merged: Merged) -> list[Consequence]:
        """Take in the slices of the person who joins; what the parts answer."""
        self.states.start_from(self.order.merge(self.remembered(), other))
        following: list[Consequence] = []
        for part in self.order.answering:
            name = part.name
            self.states[name], effects = part.merged(self.states[name], merged, self._facts_for(part))
            following += effects
        return following

    def next_timer(self, until: datetime) -> DueTimer | None:
        """The first of the parts' timers that are due by then; at one instant they are in the order of
        `Order.waiting`."""
        first: DueTimer | None = None
        for part in self.order.waiting:
            timer = self._timer(part)
            if timer is None or timer.at > until:
                continue
            at = timer.at if self.clock is None or timer.at > self.clock else self.clock
            if at <= until and (first is None or at < first.at):
                first = DueTimer(at, part, timer)
        return first

    def wake(self, due: DueTimer) -> list[Consequence]:
        name = due.part.name
        self.stand_at(due.at)
        self.states[name], following = due.part.wake(self.states[name], self._facts_for(due.part))
        return following

    def dues(self) -> dict[str, datetime]:
        """When each of the parts that wait wants to be woken next."""
        timers = {part.name: self._timer(part) for part in self.order.waiting}
        return {name: timer.at for name, timer in timers.items() if timer is not None}

    def dues_of_others(self) -> dict[str, datetime]:
        """When parts want to be woken that do not wait in this version, but did in one that saved the person."""
        answering = self.order.waiting_names
        return {name: at for name, at in self.states.dues.items() if name not in answering}

    def _timer(self, part: WaitingPart) -> Timer | None:
        """Asked anew only when a slice it follows from is another: this is done before every event."""
        name, states = part.name, self.states
        state, asked = states[name], self._timers.get(name)
        if (
            asked is not None
            and asked[0] is state
            and all(states[other] is read for other, read in zip(part.reads, asked[1], strict=True))
        ):
            return asked[2]
        timer = part.due(state, self._facts_for(part))
        read = tuple([states[other] for other in part.reads]) if part.reads else ()
        self._timers[name] = (state, read, timer)
        return timer

    def _facts_for(self, part: Part) -> Facts:
        """What the part may know: made once for those that read others' slices, for `_Declared` follows the states."""
        if not part.reads:
            return self.facts
        facts = self._facts_of.get(part.name)
        if facts is None:
            facts = self._facts_of[part.name] = self.facts.reading(_Declared(self.states, part.reads))
        return facts


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
