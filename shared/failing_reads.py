"""Reads of a store that fails: one is tried a second, however often its callers ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared.ports.failures import Unavailable

Found = TypeVar("Found")

APART_SECONDS = 1.0
"""A failed read has waited and tried again by itself: one for each event of a batch would outlast its function."""


class FailingReads:
    """`clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._error: Unavailable | None = None
        self._failed_at = 0.0

    def read(self, read: Callable[[], Found]) -> Found:
        """What is read. Raises Unavailable as the last read did, when that failed less than a second ago."""
        if self._error is not None and self._clock() - self._failed_at < APART_SECONDS:
            raise type(self._error)(*self._error.args)
        try:
            found = read()
        except Unavailable as error:
            self._error, self._failed_at = error, self._clock()
            raise
        self._error = None
        return found
