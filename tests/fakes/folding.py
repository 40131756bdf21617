"""Shorthand for tests of the fold: canonical events, and a person after some of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.events import Event
from shared.fold import fold
from shared.fold.outcome import Outcome
from shared.fold.profile import Pointer, Profile
from shared.records import Trust
from shared.workspace.model import Workspace

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

_ids = itertools.count(1)


def did(name: str = "View Item", *, at: datetime = NOON, **fields: Any) -> Event:
    """A track event of `u1`; any field overrides."""
    made: dict[str, Any] = {
        "id": f"f{next(_ids)}",
        "type": "track",
        "name": name,
        "user_id": "u1",
        "source": "shop",
        "protocol": "twilio_segment",
        "occurred_at": at,
        "received_at": at,
    }
    return Event(**{**made, **fields})


def identified(*, at: datetime = NOON, **traits: Any) -> Event:
    """An identify of u1 with these traits."""
    return did("identify", type="identify", at=at, traits=traits)


class Person:
    """Folds what happens, one record at a time, and remembers the last outcome."""

    def __init__(self, workspace: Workspace | None = None, key: str = "user:u1") -> None:
        self.workspace = workspace or Workspace()
        self.profile = Profile(key)
        self.outcome: Outcome | None = None

    def does(
        self,
        *events: Event,
        trust: Trust = "server",
        depth: int = 0,
        now: datetime | None = None,
        strangers: Mapping[str, Profile | Pointer] | None = None,
    ) -> Outcome:
        arrival = now or max(event.received_at for event in events)
        outcome = fold(
            self.profile, events, self.workspace, arrival, trust=trust, depth=depth, strangers=strangers
        )
        self.profile = replace(
            self.profile, states=outcome.states, due_at=outcome.due_at, clock=outcome.clock
        )
        self.outcome = outcome
        return outcome

    @property
    def said(self) -> list[tuple[str, dict[str, Any]]]:
        """Names and properties of what the last record's events made follow."""
        assert self.outcome is not None
        return [(event.name, event.properties) for event in self.outcome.decisions.derived]
