"""Firehose in memory, held to the adapter's contract by tests/unit/aws/test_delivery.py."""

from __future__ import annotations

from collections.abc import Sequence

from shared.failures import Unavailable, Unwritten


class FakeDelivery:
    """`refusing` are the positions that stay unwritten in the next call; `failing` makes every call raise."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.refusing: set[int] = set()
        self.failing = False
        self.poison: bytes | None = None
        """Records that have it in them are refused, however often they come."""

    def put(self, records: Sequence[bytes]) -> Unwritten:
        if self.failing:
            raise Unavailable("told to fail")
        refused = Unwritten(
            (position for position in self.refusing if position < len(records)),
            (at for at, record in enumerate(records) if self.poison is not None and self.poison in record),
        )
        self.refusing = set()
        self.records += [record for position, record in enumerate(records) if position not in refused]
        return refused

    @property
    def lines(self) -> list[bytes]:
        """Every row delivered, in order."""
        return [line for record in self.records for line in record.splitlines()]
