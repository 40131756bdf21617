"""The parts in their order, and what is done with all of them at once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from shared.fold.part import Part, WaitingPart, WithdrawingPart
from shared.fold.state import States
from shared.workspace.model import Workspace

REMEMBERED = tuple(slice_.name for slice_ in fields(States))
"""The parts that have a slice of the profile."""


@dataclass(frozen=True, slots=True)
class Order:
    """An event that arrives must pass the `gates`, then goes round the `parts`; events we derive go round the parts.

    `waiting` are those parts that wait for a time; `withdrawing` those in which even an event that is not folded takes
    things back. `probing` are the only ones that the doctor's events meet.
    """

    gates: tuple[Part, ...]
    parts: tuple[Part, ...]
    waiting: tuple[WaitingPart, ...]
    withdrawing: tuple[WithdrawingPart, ...]
    probing: tuple[Part, ...] = ()

    @property
    def everything(self) -> tuple[Part, ...]:
        return (*self.gates, *self.parts)

    @property
    def remembering(self) -> tuple[Part, ...]:
        return tuple(part for part in self.everything if part.name in REMEMBERED)

    def next_due(self, states: States, workspace: Workspace) -> datetime | None:
        """When the first of the parts that wait wants to be woken."""
        times = [part.due(getattr(states, part.name), workspace.settings) for part in self.waiting]
        return min((time for time in times if time is not None), default=None)

    def merge(self, one: States, other: States) -> States:
        """The slices of one person out of two; `one` is the person who stays."""
        return States(
            **{
                part.name: part.merge(getattr(one, part.name), getattr(other, part.name))
                for part in self.remembering
            }
        )

    def explain(self, states: States) -> dict[str, str]:
        """Each part's slice in a few words."""
        return {part.name: part.explain(getattr(states, part.name)) for part in self.remembering}
