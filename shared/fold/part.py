"""What a part of the fold is: a module with these names.

Most parts answer events only: `name`, `budget`, `reads`, `apply`, `merge`, `explain`. A part that remembers something
adds `EMPTY`, `encode` and `decode`, and a line in `shared.fold.state`. A part that waits for a time adds `due` and
`wake`, one that has something to say when two people become one adds `merged`, one that lets an event take something
back although it is not folded adds `withdraw`, one that few events concern adds `concerns`. `shared.fold.ORDER` says
which part is which.

Everything is pure: a given state stays as it is, and the only clock is `facts.now`. In return the loop,
`shared.fold.run`, promises that what a part is shown does not depend on where batches end, on what is delivered twice,
or on how late `sweep` is.
"""

from __future__ import annotations

from typing import Any, Protocol

from shared.events import Event
from shared.fold.effects import Consequence, Effect, Facts, Merged, Timer


class Part(Protocol):
    """A part owns one slice of the profile, of at most `budget` bytes as it is stored.

    `reads` names the parts whose slices it may read, in `facts.states`: those of parts before it as the event left
    them, those of parts behind it as they were.
    """

    @property
    def name(self) -> str: ...
    @property
    def budget(self) -> int: ...
    @property
    def reads(self) -> tuple[str, ...]: ...

    def apply(self, state: Any, event: Event, facts: Facts) -> tuple[Any, list[Effect]]:
        """The slice after the event, and what follows from it."""

    def merge(self, one: Any, other: Any) -> Any:
        """The slice of one person out of two; `one` is the person who stays. Both people's timers up to now have been
        folded by then."""

    def explain(self, state: Any) -> str:
        """The slice in a few words, for people."""


class RememberingPart(Part, Protocol):
    """A part that has a slice. `EMPTY` is that of somebody new, which is not stored.

    What `encode` once wrote, `decode` reads for ever: people who are quiet for years are stored so.
    """

    @property
    def EMPTY(self) -> Any: ...  # noqa: N802

    def encode(self, state: Any) -> bytes: ...

    def decode(self, data: bytes) -> Any: ...


class SelectivePart(Part, Protocol):
    """A part that most events do not concern. It is shown only those that do, and its slice is not even read for the
    others."""

    def concerns(self, event: Event, facts: Facts) -> bool:
        """Whether the event has anything that the part reads. For any other event `apply` returns the slice as it is
        and says nothing. It is asked before every event, and sees no slices."""


class WithdrawingPart(Part, Protocol):
    """A part in which an event takes things back even if it is not folded: it is refused, or its person sends too
    much."""

    def withdraw(self, state: Any, event: Event) -> Any:
        """The slice after what the event takes back; it may only ever end there, so that it is no way round the
        limit."""


class WaitingPart(Part, Protocol):
    """A part that waits for a time."""

    def due(self, state: Any, facts: Facts) -> Timer | None:
        """Its next timer. It follows from the slice, the workspace and the slices that the part reads, and not from
        `facts.now`: it is asked again whenever one of those changed."""

    def wake(self, state: Any, facts: Facts) -> tuple[Any, list[Consequence]]:
        """The slice after everything of it that is due at `facts.now`, in order of priority, and what follows.

        `facts.now` is the timer's own instant however late it is folded; later only if something later was folded
        before the part began to wait. The next timer is a later one, and not only by a moment: a part that is due again
        and again stops the record, which becomes a dead letter.
        """


class AnsweringPart(Part, Protocol):
    """A part that has something to say when two people become one."""

    def merged(self, state: Any, merged: Merged, facts: Facts) -> tuple[Any, list[Consequence]]:
        """The slice, which is `merge`'s of both, and what follows. It is shown each merge once, before the event that
        joins them goes on to the parts behind `identities`."""
