"""What each save has of the changed people, and what is to be announced once it is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from functions.process.announcing.decided import Decided, Recent
from functions.process.people.recent import Settled, Settling
from functions.process.people.stored import Stored
from functions.process.people.units import Unit, Units
from shared.fold.profile import Changes, Pointer, Profile
from shared.people.recent_events import sections
from shared.workspace.model import Settings

MOST_ITEMS, MOST_BYTES = 100, 3 * 1024 * 1024
"""Items and bytes of a transaction. It takes 4 MB, of which the person who stays needs less than one:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""


class Saves:
    """`days` is how long events are to be seen."""

    def __init__(self, stored: Stored, units: Units, settle: Settling) -> None:
        self.days = Settings().timeline_days
        self._stored = stored
        self._units = units
        self._settle_one = settle
        self._settled: dict[str, Settled] = {}

    def units(self) -> list[Unit]:
        """What has to be saved, each unit once. Where there is room, pointers that were followed are shortened."""
        for pointer, end in self._stored.detours():
            unit = self._units.begun(end)
            if unit is not None and pointer.key not in unit.keys and 0 < len(unit.keys) < MOST_ITEMS:
                self._stored.items[pointer.key] = replace(pointer, target=end)
                unit.keys.add(pointer.key)
        return self._units.each()

    def changes(self, unit: Unit) -> Changes:
        """What is to be saved of the unit: the same, however often it is asked for."""
        if unit.changes is None:
            states = self._settle(unit)
            found = self._stored.items
            items = [found[key] for key in sorted(unit.keys) if key in found]
            unit.changes = Changes(
                profiles=tuple(item for item in items if isinstance(item, Profile)),
                pointers=tuple(item for item in items if isinstance(item, Pointer)),
                states=states,
            )
        return unit.changes

    def announced(self, decided: Iterable[Decided]) -> list[Decided]:
        """What is to be announced: what was decided about records that are saved, now or before."""
        unsaved = {one.entry.name for unit in self._units.each() if not unit.is_saved for one in unit.decided}
        saved = [one for one in decided if one.entry.name not in unsaved]
        recents: dict[str, Recent] = {}
        for one in saved:
            key = self._stored.root(one.person.key)
            if key not in recents:
                recents[key] = self._recent(key)
            one.recent = recents[key]
        return saved

    def _settle(self, unit: Unit) -> dict[str, bytes]:
        """Keep the events of the unit in its items, or leave them to be put on the timeline; the items' bytes."""
        of_person: dict[str, list[Decided]] = {}
        for decided in unit.decided:
            of_person.setdefault(self._stored.root(decided.person.key), []).append(decided)
        states: dict[str, bytes] = {}
        for key, about in of_person.items():
            made = self._settle_one(self._stored.person(key), about, self.days)
            self._stored.items[key], states[key], self._settled[key] = made.person, made.state, made
        return states

    def _recent(self, key: str) -> Recent:
        """What the person's item has of the timeline."""
        person, made = self._stored.person(key), self._settled.get(key)
        return made.recent if made is not None and made.person is person else Recent(sections(person))
