"""A table's stream: a record for each change of an item, as Lambda's event source hands it over.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from simulation.aws.calls import REGION
from simulation.aws.dynamodb.values import Item

KEPT = 24 * 3600.0
"""Seconds: what is older may be trimmed at any moment."""

FIRST = 100_000_000_000_000_000_000


class Changes:
    """One shard, with new images."""

    def __init__(self, key_names: tuple[str, ...], *, now: Callable[[], float]) -> None:
        self._key_names, self._now = key_names, now
        self._numbers: list[int] = []
        self._records: list[dict[str, Any]] = []
        self._count = 0

    def add(self, before: Item | None, after: Item | None) -> None:
        """A write that changes nothing emits no record."""
        if before == after:
            return
        whole: Item = after or before or {}
        self._count += 1
        number = FIRST + self._count
        change: dict[str, Any] = {
            "ApproximateCreationDateTime": float(int(self._now())),
            "Keys": {name: whole[name] for name in self._key_names},
            "SequenceNumber": str(number),
            "StreamViewType": "NEW_IMAGE",
        }
        if after is not None:
            change["NewImage"] = after
        kind = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        self._numbers.append(number)
        self._records.append(
            {
                "eventID": f"{number:032x}",
                "eventName": kind,
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": REGION,
                "dynamodb": change,
            }
        )

    @property
    def last(self) -> str | None:
        """The sequence number of the latest record."""
        return str(self._numbers[-1]) if self._numbers else None

    def read(self, after: str | None, limit: int) -> list[dict[str, Any]]:
        """The records behind a sequence number, or the oldest that are kept."""
        start = 0 if after is None else bisect_right(self._numbers, int(after))
        oldest = self._now() - KEPT
        while start < len(self._records) and self._made_at(start) < oldest:
            start += 1
        return self._records[start : start + limit]

    def _made_at(self, position: int) -> float:
        made_at: float = self._records[position]["dynamodb"]["ApproximateCreationDateTime"]
        return made_at
