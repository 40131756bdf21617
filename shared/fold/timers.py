"""Timers that are due: each is folded at its own instant, and knows nothing of the record by which it is."""

from __future__ import annotations

from datetime import datetime
from math import inf

from shared.fold.consequences import Cause, follow
from shared.fold.deciding import Deciding
from shared.fold.effects import NO_ROOM, Facts
from shared.fold.order import Order
from shared.fold.profile import Profile
from shared.fold.slices import DueTimer, Slices
from shared.workspace.model import Workspace

MOST_TIMERS = 10_000
"""Timers of one person that are folded in one portion: more are those of a part that never ends."""


class TimersWithoutEnd(Exception):
    """A part is due again and again: see `WaitingPart.wake`."""


def facts_of_timers(workspace: Workspace, root: str, at: datetime, depth: int = 0) -> Facts:
    return Facts(at, workspace, "server", depth, root, {}, {}, NO_ROOM)


def size_of_timers(order: Order, person: Profile, workspace: Workspace, until: datetime) -> int:
    """Bytes of what the person's timers that are due by then decide. Raises TimersWithoutEnd."""
    decided = Deciding(0)
    facts = facts_of_timers(workspace, person.key, until)
    fold_timers(order, decided, Slices(order, person.states, facts, person.latest), until)
    return decided.size


def fold_timers(
    order: Order, decided: Deciding, slices: Slices, until: datetime, portion: float = inf
) -> bool:
    """Fold the person's timers that are due by then. Whether that is all of them: none is begun once the decisions take
    `portion` bytes. Afterwards the parts know nothing of the record.

    Raises TimersWithoutEnd.
    """
    folded = 0
    while (due := slices.next_timer(until)) is not None:
        if decided.size >= portion:
            return False
        if folded == MOST_TIMERS:
            raise TimersWithoutEnd(f"{due.part.name} is due again and again")
        folded += 1
        _wake(order, decided, slices, due)
    return True


def _wake(order: Order, decided: Deciding, slices: Slices, due: DueTimer) -> None:
    """Fold one timer as the person it belongs to."""
    root, depth = slices.facts.root, due.timer.depth
    slices.know(facts_of_timers(slices.facts.workspace, root, due.at, depth))
    if following := slices.wake(due):
        index, woken = decided.wake(root, due.part.name, due.at, depth)
        follow(order, decided, slices, Cause(index, woken.event), following)
