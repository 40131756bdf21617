"""The parts in their order, and what is done with all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from shared.events import DOCTOR, Event
from shared.fold.effects import Facts
from shared.fold.part import AnsweringPart, Part, SelectivePart, WaitingPart, WithdrawingPart
from shared.fold.state import REMEMBERING, States

REMEMBERED = tuple(REMEMBERING)
"""The parts that have a slice of the profile."""

Askable = tuple[tuple[Part, SelectivePart | None], ...]
"""Parts in their order, and beside each itself again if it is to be asked whether an event concerns it."""


@dataclass(frozen=True)
class Order:
    """An event that arrives must pass the `gates`, then goes round the `parts`; events we derive go round the parts.

    `waiting` are those parts that wait for a time, in the order in which they are woken at one instant; `answering`
    those that are shown a merge; `withdrawing` those in which even an event that is not folded takes things back.
    `probing` are the only ones that the doctor's events meet. `selective` are those that an event is shown only if it
    concerns them.
    """

    gates: tuple[Part, ...]
    parts: tuple[Part, ...]
    waiting: tuple[WaitingPart, ...]
    withdrawing: tuple[WithdrawingPart, ...]
    probing: tuple[Part, ...] = ()
    answering: tuple[AnsweringPart, ...] = ()
    selective: tuple[SelectivePart, ...] = ()

    @cached_property
    def everything(self) -> tuple[Part, ...]:
        return (*self.gates, *self.parts)

    @cached_property
    def waiting_names(self) -> frozenset[str]:
        return frozenset(part.name for part in self.waiting)

    @cached_property
    def remembering(self) -> tuple[Part, ...]:
        return tuple(part for part in self.everything if part.name in REMEMBERED)

    def met_by(self, event: Event, facts: Facts) -> list[Part]:
        """The parts that an event which arrives is shown, in their order."""
        return _concerned(self._everything if event.source != DOCTOR else self._probing, event, facts)

    def met_by_derived(self, event: Event, facts: Facts) -> list[Part]:
        """The parts that an event of our own, derived here, is shown."""
        return _concerned(self._parts, event, facts)

    @cached_property
    def _everything(self) -> Askable:
        return self._askable(self.everything)

    @cached_property
    def _parts(self) -> Askable:
        return self._askable(self.parts)

    @cached_property
    def _probing(self) -> Askable:
        return self._askable(self.probing)

    def _askable(self, parts: tuple[Part, ...]) -> Askable:
        """The selective parts are found by identity, for parts are modules and a test puts others in their places."""
        selective = {id(part): part for part in self.selective}
        return tuple((part, selective.get(id(part))) for part in parts)

    def merge(self, one: States, other: States) -> States:
        """The slices of one person out of two; `one` is the person who stays. Of those that this version cannot read,
        both are kept: one that can will merge them; of the times for which a part waits, the earlier one."""
        slices = {
            name: part.merge(getattr(one, name), getattr(other, name)) for name, part in REMEMBERING.items()
        }
        dues = {**other.dues, **one.dues}
        for name in one.dues.keys() & other.dues.keys():
            dues[name] = min(one.dues[name], other.dues[name])
        return one.having(**slices).waiting(dues, (*one.unread, *other.unread))

    def explain(self, states: States) -> dict[str, str]:
        """Each part's slice in a few words."""
        return {part.name: part.explain(getattr(states, part.name)) for part in self.remembering}


def _concerned(parts: Askable, event: Event, facts: Facts) -> list[Part]:
    return [part for part, asked in parts if asked is None or asked.concerns(event, facts)]
