"""The tee's queue, log and bodies in memory; tests/unit/aws/test_tee.py holds the log to the adapters' contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from shared.failures import Refused, Unavailable
from shared.tee import Answer, Missed, Tally, TeedRequest, tallied
from simulation.ports.faults import Faults


class FakeTeeQueue:
    """Set `failing` to make every put raise Unavailable, without effect."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.messages: list[bytes] = []
        self.failing = False
        self._faults = faults or Faults()

    def put(self, request: TeedRequest) -> None:
        if self.failing:
            raise Unavailable("told to fail")
        self.messages.append(request.encode())
        self._faults.called("tee.put")

    @property
    def requests(self) -> list[TeedRequest]:
        """As the function reads them."""
        return [TeedRequest.decode(message) for message in self.messages]


class FakeTeeLog:
    """`shared.ports.tee.TeeLog` and `TeeReport`. Methods named in `failing` raise Unavailable once, without effect."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.failing: list[str] = []
        self.refusing: set[str] = set()
        """Ids of requests that no read and no record takes: whatever call has one is refused whole."""
        self._days: dict[tuple[str, date], Counter[str]] = {}
        self._faults = faults or Faults()

    def answered(self, requests: Collection[str]) -> set[str]:
        self._fail_on_command("answered")
        if self.refusing.intersection(requests):
            raise Refused("on command")
        found = set(requests) & set(self.answers)
        self._faults.called("log.answered")
        return found

    def record(self, answers: Sequence[Answer], missed: Sequence[Missed]) -> None:
        self._fail_on_command("record")
        if self.refusing.intersection(answer.request for answer in answers):
            raise Refused("on command")
        new = {answer.request: answer for answer in answers if answer.request not in self.answers}
        self.answers |= new
        for tally in tallied(new.values(), missed):
            self._days.setdefault((tally.source, tally.day), Counter()).update(tally.counts)
        self._faults.called("log.record")

    def tallies(self, source: str, days: Sequence[date]) -> list[Tally]:
        found = sorted(day for of, day in self._days if of == source and day in days)
        return [Tally(source, day, Counter(self._days[source, day])) for day in found]

    def differences(self, source: str, limit: int) -> list[Answer]:
        found = [answer for answer in self.answers.values() if answer.source == source and answer.differs]
        return sorted(found, key=lambda answer: answer.request, reverse=True)[:limit]

    def counts(self, source: str) -> dict[str, int]:
        """Of all days together."""
        total: Counter[str] = Counter()
        for (of, _), counts in self._days.items():
            total.update(counts if of == source else {})
        return dict(total)

    def _fail_on_command(self, name: str) -> None:
        if name in self.failing:
            self.failing.remove(name)
            raise Unavailable(f"{name} was told to fail")


class FakeTeeBodies:
    """Bodies too large for the queue, by the address that their requests name."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    def read(self, stored_at: str) -> bytes:
        if stored_at not in self.stored:
            raise LookupError(stored_at)
        return self.stored[stored_at]
