"""What every probe is given: the stack under examination, the doctor's keys, and the ways to read things back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from cli.doctor.arrivals import Arrivals
from cli.doctor.finding import Finding, Part, unexamined
from cli.stacks import Stack
from shared.doctor import Keys
from shared.fold.profile import Profile
from shared.messaging.message_log import LoggedMessage
from shared.ports.queries import QueryResult
from shared.rejected import RejectedEvent
from shared.workspace.model import Workspace

EVENT = "Headrace Doctor"
"""The event that probes send."""

TEXT = "Zażółć gęślą jaźń 🐢"
"""A property of it: bytes that any wrong step on the way would alter."""


class MessageLog(Protocol):
    """`shared.ports.messages.Messages`, as far as it is read here."""

    def find(self, message: str) -> LoggedMessage | None: ...

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]: ...


class RejectedList(Protocol):
    """`shared.ports.rejected.Rejected`, as far as it is read here."""

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
    unreadable: str | None = None
    """Why `workspace` is not the latest version."""
    stopped: Mapping[Part, str] = field(default_factory=dict)
    """Which parts do nothing, by the probe that found it."""

    @property
    def is_local(self) -> bool:
        return self.stack.stage == "local"

    @property
    def api(self) -> str:
        """`http` or `rest`, the setting `api` that the stack was deployed with."""
        return self.stack.outputs.get("CollectApi", "http")

    def unfollowed(self, said: str, *parts: Part) -> Finding | None:
        """What is found where nothing can come further than this, for one of these parts does nothing; else None."""
        causes = dict.fromkeys(self.stopped[part] for part in parts if part in self.stopped)
        if not causes:
            return None
        return unexamined(f"{said}; not checked further, see {', '.join(f'`{cause}`' for cause in causes)}")

    def uses(self, channel: str) -> bool:
        """Whether a campaign sends on the channel."""
        return any(campaign.channel == channel for campaign in self.workspace.campaigns)


class Probe(NamedTuple):
    """`seconds` is how long it may take, after which it counts as broken and the others go on without it.

    One that looks for a cause comes before those that would only see what follows from it.
    """

    name: str
    examine: Callable[[Examination], Finding]
    seconds: float
    finds_causes: bool = False
