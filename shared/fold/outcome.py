"""What comes of a record's events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from shared.fold.outbox import Decisions
from shared.fold.state import States


class Outcome(NamedTuple):
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
