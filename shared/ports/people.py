"""People as they are stored: profiles, who of them is due, their timelines, and imports of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from shared.fold.profile import Changes, Pointer, Profile
    from shared.imports import ImportProgress
    from shared.people.due import DueProfile, Progress
    from shared.people.timeline import Chunk, TimelineEvent
    from shared.ports.failures import Unwritten


class Profiles(Protocol):
    """Profiles and the pointers of identities that were joined to them, read consistently."""

    def load(self, keys: Collection[str]) -> dict[str, Profile | Pointer]:
        """What is stored under each key; absent keys are missing."""

    def save(self, changes: Changes, *, at: datetime) -> None:
        """All of it or nothing, each item only if its version is still the one read.

        Raises VersionConflict, TooLargeToStore or Refused.

        `at` is the wall clock: a profile that is due is indexed no earlier than that.
        """


class DueProfiles(Protocol):
    """The sparse index of profiles that want attention, as `sweep` reads it, and how far it has come.

    Places and shards are those of `shared.people.due`. All of it raises Unavailable.
    """

    def due(self, shard: int, after: str, until: str, limit: int) -> list[DueProfile]:
        """Whoever stands in the shard after one place and up to the other, soonest first. Fewer than `limit`: there
        are no more."""

    def is_waiting(self, shard: int, place: str) -> bool:
        """Whether somebody still stands there."""

    def claim(self, now: datetime, until: datetime, first: datetime) -> Progress | None:
        """How far the rounds have come, for this round alone `until` then; None while another one is at work. The very
        first starts at `first`."""

    def save(self, progress: Progress, until: datetime | None) -> None:
        """Keep what the round that claimed has reached; None gives the claim back.

        Raises VersionConflict when another round has claimed meanwhile.
        """


class Timeline(Protocol):
    def put(self, chunks: Sequence[Chunk]) -> Unwritten: ...

    def read(self, keys: Iterable[str], limit: int) -> list[TimelineEvent]:
        """The latest `limit` events stored under any of the keys, each once, oldest first."""


class Imports(Protocol):
    """How far each import has come. Both raise Unavailable."""

    def load(self, source: str, digest: str) -> ImportProgress | None: ...

    def save(self, progress: ImportProgress) -> None: ...
