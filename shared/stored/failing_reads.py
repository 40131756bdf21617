"""Limit the reads of a failing store to one a second, even if callers ask more often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared.failures import Unavailable

Found = TypeVar("Found")

APART_SECONDS = 1.0
"""Seconds between two reads. A failing read already waits and retries by itself, so one per event of a batch would
exceed the function's time-out."""


class FailingReads:
    """`clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._error: Unavailable | None = None
        self._failed_at = 0.0

    def read(self, read: Callable[[], Found]) -> Found:
        """The result of `read`. If the last read failed less than a second ago, raises its Unavailable again without
        reading."""
        if self._error is not None and self._clock() - self._failed_at < APART_SECONDS:
            raise type(self._error)(*self._error.args)
        try:
            found = read()
        except Unavailable as error:
            self._error, self._failed_at = error, self._clock()
            raise
        self._error = None
        return found
