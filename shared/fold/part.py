"""What a part of the fold is: a module with these names."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from shared.events import Event
from shared.fold.effects import Effect, Facts
from shared.workspace.model import Settings


class Part(Protocol):
    """A part owns one slice of the profile, of at most `budget` bytes of JSON, and reads only those it declares."""

    @property
    def name(self) -> str: ...
    @property
    def budget(self) -> int: ...
    @property
    def reads(self) -> tuple[str, ...]: ...

    def apply(self, state: Any, event: Event, facts: Facts) -> tuple[Any, list[Effect]]:
        """The slice after the event, and what follows from it. Pure: the given state stays as it is."""

    def merge(self, one: Any, other: Any) -> Any:
        """The slice of one person out of two; `one` is the person who stays."""

    def explain(self, state: Any) -> str:
        """The slice in a few words, for people."""


class WithdrawingPart(Part, Protocol):
    """A part in which an event takes things back even if it is not folded: it is refused, or its person sends too
    much."""

    def withdraw(self, state: Any, event: Event) -> Any:
        """The slice after what the event takes back; it may only ever end there, so that it is no way round the
        limit."""


class WaitingPart(Part, Protocol):
    """A part that waits for a time; it is shown the timer when that has come."""

    def due(self, state: Any, settings: Settings) -> datetime | None:
        """When it wants to be woken."""
