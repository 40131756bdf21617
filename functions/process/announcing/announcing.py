"""Announce the decisions about saved records: together, and again one by one if one of them is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from functions.process.announcing.announcements import announcements
from functions.process.announcing.decided import Decided
from functions.process.announcing.packing import Stored, chunks
from functions.process.failures import unexpected
from shared.failures import Refused, Unavailable, Unwritten
from shared.ports.people import Timeline
from shared.ports.rejected import Rejected
from shared.ports.streams import Bus
from shared.workspace.model import Workspace


@dataclass(slots=True)
class Unsaid:
    """Positions of records of which something is not said: `later`, and those whose content failed, with the error."""

    later: set[int] = field(default_factory=set)
    failed: dict[int, Exception] = field(default_factory=dict)

    def add(self, unwritten: Unwritten, of: Sequence[tuple[int, ...]], where: str) -> None:
        """`of` has, for each item that was to be written, the records it speaks of."""
        for item in unwritten:
            if item in unwritten.refused:
                self.failed |= dict.fromkeys(of[item], Refused(f"{where} does not take it"))
            else:
                self.later |= {*of[item]}


@dataclass(frozen=True, slots=True)
class Announcing:
    timeline: Timeline
    rejected: Rejected
    bus: Bus

    def say(
        self, decided: Sequence[Decided], workspace: Workspace
    ) -> tuple[set[int], Mapping[int, Exception]]:
        """The positions of records of which something could not be said now, and of those whose content failed."""
        unsaid = self._said(decided, workspace)
        for position in sorted(unsaid.failed):
            if len(decided) > 1:  # items speak of several records: only one of them is at fault
                del unsaid.failed[position]
                alone = self._said([decided[position]], workspace)
                if alone.failed:
                    unsaid.failed[position] = alone.failed[0]
                elif alone.later:
                    unsaid.later.add(position)
            if position in unsaid.failed and not self._earlier_kept(decided[position], workspace):
                del unsaid.failed[position]
                unsaid.later.add(position)
        return unsaid.later - unsaid.failed.keys(), unsaid.failed

    def _earlier_kept(self, one: Decided, workspace: Workspace) -> bool:
        """Put the events that would have gone into a chunk with this record's, which fails, into one of their own: they
        leave the item with its entry of the outbox. False if that has to be tried again."""
        try:
            if not (earlier := one.earlier):
                return True
            made = chunks([Stored(0, one, earlier)], workspace.settings.timeline_days)
            unwritten = self.timeline.put([chunk for chunk, _ in made])
        except Unavailable as error:
            return isinstance(error, Refused)
        except Exception:  # noqa: BLE001  an unreadable slice, for example: to try again would not help
            return True
        return all(item in unwritten.refused for item in unwritten)

    def _said(self, decided: Sequence[Decided], workspace: Workspace) -> Unsaid:
        unsaid = Unsaid()
        try:
            said = announcements(decided, workspace)
        except Exception as error:  # noqa: BLE001  whatever it is, it concerns one record: which one shows alone
            unsaid.failed |= dict.fromkeys(range(len(decided)), error)
            return unsaid
        try:
            if said.refusals:
                unsaid.add(self.rejected.put(said.refusals), said.of_refusals, "the table of rejected events")
            if said.chunks:
                unsaid.add(self.timeline.put(said.chunks), said.of_chunks, "the timeline")
            if said.entries:
                unsaid.add(self.bus.publish(said.entries), said.of_entries, "the bus")
        except Unavailable:
            unsaid.later |= {*range(len(decided))}
        except Exception as error:  # noqa: BLE001  as above
            unsaid.failed |= dict.fromkeys(range(len(decided)), unexpected(error))
        return unsaid
