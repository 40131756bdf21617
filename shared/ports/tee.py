"""Requests that are forwarded to vendors, and the vendors' answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Collection, Sequence
    from datetime import date

    from shared.tee import Answer, Missed, Tally, TeedRequest


class TeeQueue(Protocol):
    """The queue of requests to forward."""

    def put(self, request: TeedRequest) -> None: ...


class TeeBodies(Protocol):
    """Bodies that are too large for the queue."""

    def read(self, stored_at: str) -> bytes:
        """The body. Raises LookupError if it is gone."""


class TeeLog(Protocol):
    """The vendors' answers: a record for each request, and tallies per source and day."""

    def answered(self, requests: Collection[str]) -> set[str]:
        """The ids of those requests that have a recorded answer."""

    def record(self, answers: Sequence[Answer], missed: Sequence[Missed]) -> None:
        """Write records and tallies, all or nothing. A recorded answer stays unchanged and is counted once."""


class TeeReport(Protocol):
    """Reads what `TeeLog` has written."""

    def tallies(self, source: str, days: Sequence[date]) -> list[Tally]:
        """The tallies of the days that have any, oldest first."""

    def differences(self, source: str, limit: int) -> list[Answer]:
        """The latest requests that only one side accepted, newest first."""
