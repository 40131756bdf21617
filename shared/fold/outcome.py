"""What comes of a record's events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.fold.outbox import Decisions
from shared.fold.state import States


class CutFor(StrEnum):
    """Why something that would have followed does not: all reasons."""

    CIRCLE = "circle"
    """The workspace goes round: after so many generations, or so often through the stream."""
    TOO_MUCH = "too_much"
    """More than may follow from one event or timer."""


class Cut(NamedTuple):
    """What would have followed: `campaign <id>` or `event <name>`."""

    name: str
    why: CutFor


class Outcome(NamedTuple):
    """What came of a record's events up to index `end`: none, if timers alone filled the portion.

    `joined` are the keys that became this person's, profiles stored there included; `registered` the push tokens that
    did. `dues` says when each part wants to be woken, `due_at` when the first of them does, or a moment before. `clock`
    is the latest instant that was folded. `cut` names what would have followed and does not.
    """

    states: States
    decisions: Decisions
    joined: tuple[str, ...]
    due_at: datetime | None
    end: int
    registered: tuple[str, ...]
    dues: Mapping[str, datetime]
    clock: datetime | None
    cut: tuple[Cut, ...] = ()
