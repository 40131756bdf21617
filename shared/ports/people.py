"""The stores of people: profiles, the index of due timers, timelines, and the progress of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from shared.failures import Unwritten
    from shared.fold.profile import Changes, Pointer, Profile
    from shared.imports import ImportProgress
    from shared.people.due import DueProfile, Progress
    from shared.people.timeline import Chunk, TimelineEvent


class Profiles(Protocol):
    """Profiles and the pointers of identities that were joined to them, read consistently."""

    def load(self, keys: Collection[str]) -> dict[str, Profile | Pointer]:
        """The profile or pointer under each key. Keys without one are missing in the result."""

    def save(self, changes: Changes, *, at: datetime) -> None:
        """Write all changes or none. Each item is written only if its version is still the one that was read.

        Raises VersionConflict, TooLargeToStore or Refused.

        `at` is the current time. A due profile is indexed no earlier than that.
        """


class DueProfiles(Protocol):
    """The sparse index of profiles with a due timer, and the progress of `sweep` in it.

    Places and shards are those of `shared.people.due`. All of it raises Unavailable.
    """

    def due(self, shard: int, after: str, until: str, limit: int) -> list[DueProfile]:
        """The people in the shard after one place and up to the other, soonest first. If they are fewer than `limit`,
        there are no more."""

    def is_waiting(self, shard: int, place: str) -> bool:
        """Whether somebody is still at this place."""

    def claim(self, now: datetime, until: datetime, first: datetime) -> Progress | None:
        """Claim the progress for this round `until` a time, and return it. None if another round holds it. The very
        first round starts at `first`, or before the soonest of all who are due: for as long as no round ran, nobody was
        sent a timer."""

    def soonest(self, first: datetime) -> datetime:
        """Just before the soonest of all who are due, or `first` if that is earlier."""

    def save(self, progress: Progress, until: datetime | None) -> None:
        """Save the progress of the round that holds the claim. `until` extends the claim; None gives it back.

        Raises VersionConflict if another round has claimed it in the meantime.
        """


class Timeline(Protocol):
    def put(self, chunks: Sequence[Chunk]) -> Unwritten: ...

    def read(self, keys: Iterable[str], limit: int, *, at: datetime) -> list[TimelineEvent]:
        """The latest `limit` events stored under any of the keys, each once, oldest first. `at` is the current time:
        what is kept no longer then is not among them."""


class Imports(Protocol):
    """The progress of each import. Both methods raise Unavailable."""

    def load(self, source: str, digest: str) -> ImportProgress | None: ...

    def save(self, progress: ImportProgress) -> None: ...
