"""How many events a source may send a second: a token bucket, kept per running function as a guard against floods."""

from __future__ import annotations

import math
from collections.abc import Callable


class _Bucket:
    """`tokens` events may still be sent, as of `at`."""

    __slots__ = ("at", "tokens")

    def __init__(self, tokens: float, at: float) -> None:
        self.tokens = tokens
        self.at = at


class Quota:
    """`clock` counts seconds and never goes back. A bucket holds one second's worth of events."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, source: str, events: int, per_second: int) -> int:
        """0 when the events may pass, else in how many seconds (at least 1) some may again.

        A batch passes while anything is left, and what it takes beyond that is owed: otherwise one larger than a
        second's worth could never pass.
        """
        now = self._clock()
        bucket = self._buckets.setdefault(source, _Bucket(float(per_second), now))
        bucket.tokens = min(float(per_second), bucket.tokens + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.tokens <= 0:
            return max(1, math.ceil(-bucket.tokens / per_second))
        bucket.tokens -= events
        return 0
