"""What every probe is given: the stack under examination, the doctor's keys, and the ways to read things back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from cli.doctor.arrivals import Arrivals
from cli.doctor.finding import Finding
from cli.stacks import Stack
from shared.doctor import Keys
from shared.fold.profile import Profile
from shared.ports import LoggedMessage, QueryResult
from shared.rejected import RejectedEvent
from shared.workspace import Workspace

EVENT = "Headrace Doctor"
"""The event that probes send."""

TEXT = "Zażółć gęślą jaźń 🐢"
"""A property of it: bytes that any wrong step on the way would alter."""


class MessageLog(Protocol):
    """`shared.ports.Messages`, as far as it is read here."""

    def find(self, message: str) -> LoggedMessage | None: ...

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]: ...


class RejectedList(Protocol):
    """`shared.ports.Rejected`, as far as it is read here."""

    def latest(self, limit: int, since: datetime) -> list[RejectedEvent]: ...


@dataclass(frozen=True)
class Examination:
    """One run. `run` names it; `patience` is how many seconds an accepted event may take to the profile.

    `ask` runs SQL in Athena's dialect. Whatever is asked of AWS raises Unavailable when it cannot be answered.
    """

    run: str
    stack: Stack
    keys: Keys
    workspace: Workspace
    arrivals: Arrivals
    person: Callable[[], Profile | None]
    messages: MessageLog
    rejected: RejectedList
    ask: Callable[[str], QueryResult]
    patience: float
    clock: Callable[[], float] = time.monotonic
    """Seconds that never go back."""

    @property
    def is_local(self) -> bool:
        return self.stack.stage == "local"

    @property
    def api(self) -> str:
        """`http` or `rest`, the setting `api` that the stack was deployed with."""
        return self.stack.outputs.get("CollectApi", "http")

    def uses(self, channel: str) -> bool:
        """Whether a campaign sends on the channel."""
        return any(campaign.channel == channel for campaign in self.workspace.campaigns)


class Probe(NamedTuple):
    """`seconds` is how long it may take, after which it counts as broken and the others go on without it."""

    name: str
    examine: Callable[[Examination], Finding]
    seconds: float
