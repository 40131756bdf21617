"""How far one invocation has come with its batch: what is done, what has to come again, what was put aside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from math import inf

from functions.process.account import Account
from functions.process.announcing.decided import Decided
from functions.process.arrivals import Arrival, Unreadable
from functions.process.failures import Failed, Failures
from shared.failures import VersionConflict
from shared.fold.outbox import EntryName
from shared.fold.outcome import Cut, CutFor
from shared.fold.profile import Changes
from shared.messaging.channels import Channel


@dataclass(slots=True)
class Counts:
    """What became of one batch. `unsaved` and `unsaid` records come again. `archived` are rows for the archive.

    `archived` and `by_channel`, the messages requested, are held against what reaches the queues: `infra/alarms`.
    `cut` is what would have followed in a circle of the workspace, `too_much` what would have beyond what one event may
    make follow; `older_workspace` are records folded by an older
    version than they were collected by, because that cannot be read.
    """

    records: int = 0
    dead_letters: int = 0
    events: int = 0
    duplicates: int = 0
    refused: int = 0
    archived: int = 0
    messages_requested: int = 0
    cut: int = 0
    too_much: int = 0
    older_workspace: int = 0
    unsaved: int = 0
    unsaid: int = 0
    by_channel: dict[Channel, int] = field(default_factory=dict)

    def named(self) -> dict[str, int]:
        """By their names in the log and among the metrics."""
        counted = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "by_channel"}
        return counted | {
            f"messages_requested_{channel}": count for channel, count in self.by_channel.items()
        }


class Progress:
    """`firsts` are the first record of each partition key; `said` the portions that are announced for certain, and so
    may leave the outbox; `aside` those of them that were put aside instead; `most` how many records may be saved
    together, where a save of more was refused; `cut` what would have followed, and why it does not.
    """

    def __init__(
        self, arrived: Sequence[Arrival], failures: Failures, account: Account | None = None
    ) -> None:
        self.account = account or Account()
        self.account.arrived(arrived)
        self.firsts: dict[str, str] = {}
        for arrival in arrived:
            self.firsts.setdefault(arrival.record.key, arrival.sequence)
        self.said: set[EntryName] = set()
        self.aside: set[EntryName] = set()
        self.most: float = inf
        self.conflicts = 0
        self.cut: set[Cut] = set()
        self.counts = Counts()
        self._failures = failures
        self._waiting: set[str] = set()
        self._passed: set[int] = set()
        self._conflicted: set[tuple[str, int]] = set()

    def unreadable(self, records: Sequence[Unreadable]) -> None:
        """Put them aside. Where one cannot be, whatever came under its key waits."""
        aside, new = self._failures.put_aside_unread(records)
        self.counts.dead_letters += new
        for at, record in enumerate(records):
            self.account.unread(record, comes_again=at not in aside)
            if at not in aside:
                self._waiting.add(record.key)
                self.counts.unsaved += 1

    def failed(self, failed: Sequence[Failed]) -> list[Failed]:
        """Those that are put aside. The others come again, and what follows under their keys with them."""
        aside, new = self._failures.put_aside(failed)
        self.counts.dead_letters += new
        put = set(map(id, aside))
        for one in failed:
            if id(one) in put:
                if one.entry is None:
                    self.account.aside(one.arrival, one.start)
                continue
            self._comes_again(one.arrival)
            if one.entry is None:
                self.counts.unsaved += 1
            else:
                self.counts.unsaid += 1
        return aside

    def comes_again(self, arrivals: Iterable[Arrival]) -> None:
        """They are not saved: nothing that follows under their keys may be."""
        for arrival in arrivals:
            self._comes_again(arrival)
            self.counts.unsaved += 1

    def unsaid(self, decided: Decided) -> None:
        """It is saved, but not announced for certain: its record is folded no further before it is."""
        self._comes_again(decided.arrival)
        self.counts.unsaid += 1

    def announced(self, decided: Decided, *, is_aside: bool = False) -> None:
        self.said.add(decided.entry.name)
        self.account.announced(decided, is_aside=is_aside)
        if is_aside:
            self.aside.add(decided.entry.name)
        self.counts.events += len(decided.indexes)
        self.counts.duplicates += len(decided.decisions.duplicates)
        self.counts.refused += len(decided.decisions.refused)
        self.counts.archived += decided.archived
        self.counts.messages_requested += len(decided.decisions.requests)
        if decided.cut:
            circles = sum(cut.why is CutFor.CIRCLE for cut in decided.cut)
            self.counts.cut += circles
            self.counts.too_much += len(decided.cut) - circles
            self.cut.update(decided.cut)
        for request in decided.decisions.requests:
            self.counts.by_channel[request.channel] = self.counts.by_channel.get(request.channel, 0) + 1

    def ready(self, pending: Iterable[Arrival]) -> list[Arrival]:
        """Those whose turn it is. The others wait behind a record of their key that comes again, and do so too."""
        ready = []
        for arrival in pending:
            if arrival.record.key in self._waiting:
                self.account.comes_again(arrival)
                self.counts.unsaved += 1
            else:
                ready.append(arrival)
        return ready

    def waits(self, arrivals: Collection[Arrival]) -> bool:
        """Whether one of them must not be saved now."""
        return any(arrival.record.key in self._waiting for arrival in arrivals)

    def pass_over(self, arrival: Arrival) -> None:
        """The record was put aside: the next round only notes that it is done with."""
        self._passed.add(id(arrival))

    def is_passed_over(self, arrival: Arrival) -> bool:
        return id(arrival) in self._passed

    def _comes_again(self, arrival: Arrival) -> None:
        self._waiting.add(arrival.record.key)
        self.account.comes_again(arrival)

    def is_lasting(self, conflict: VersionConflict, changes: Changes) -> bool:
        """Whether an item conflicts that was read again since it last did, and is no other: nobody is changing it, and
        reading it once more will not help."""
        versions = {one.key: one.version for one in changes.profiles}
        versions |= {one.key: one.version for one in changes.pointers}
        pairs = {(key, versions[key]) for key in conflict.keys if key in versions}
        lasting = not pairs.isdisjoint(self._conflicted)
        self._conflicted |= pairs
        return lasting
