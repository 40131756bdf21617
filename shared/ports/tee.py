"""Requests forwarded to vendors, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # so that `collect` does not pay for importing the fold when it starts
    from collections.abc import Collection, Sequence
    from datetime import date

    from shared.tee import Answer, Missed, Tally, TeedRequest


class TeeQueue(Protocol):
    """Requests on their way to the vendor their source came from."""

    def put(self, request: TeedRequest) -> None: ...


class TeeBodies(Protocol):
    """Bodies too large for the queue's messages."""

    def read(self, stored_at: str) -> bytes:
        """Raises LookupError when it is gone."""


class TeeLog(Protocol):
    """What vendors answered: a record for each request, and tallies of a source's day."""

    def answered(self, requests: Collection[str]) -> set[str]:
        """Those with an answer on record."""

    def record(self, answers: Sequence[Answer], missed: Sequence[Missed]) -> None:
        """Records and tallies, all or nothing. An answer on record stays, and is tallied once."""


class TeeReport(Protocol):
    """The same, read."""

    def tallies(self, source: str, days: Sequence[date]) -> list[Tally]:
        """Of each day that has any, oldest first."""

    def differences(self, source: str, limit: int) -> list[Answer]:
        """The latest requests that one of us took and the other did not, newest first."""
