"""What the log and the metrics say of one request: counts and names, nothing of a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """`rejected` and `observed` count events by the code of their first reason; the observed ones were accepted."""

    protocol: str
    call: str
    source: str | None = None
    workspace: int | None = None
    bytes: int = 0
    received: int = 0
    accepted: int = 0
    records: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    observed: Counter[str] = field(default_factory=Counter)

    def saw(self, source: str, workspace: int, received: int, bytes: int) -> None:  # noqa: A002
        self.source, self.workspace, self.received, self.bytes = source, workspace, received, bytes

    def settled(self, accepted: int, records: int, rejected: Counter[str], observed: Counter[str]) -> None:
        self.accepted, self.records, self.rejected, self.observed = accepted, records, rejected, observed
