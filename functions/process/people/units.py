"""Which keys a batch's changes have to be saved together, and what was decided about the records that changed them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from functions.process.announcing.decided import Decided
from functions.process.arrivals import Arrival
from shared.fold.profile import Changes


@dataclass(slots=True)
class Unit:
    """Keys that must be saved together, and what was decided about the records that were folded into them.

    `noted` are records about which nothing was decided now, but which leave the outbox of an item. `bytes` are those of
    the people who joined, as JSON: their items are replaced by pointers; `outbox` those that the outbox has grown by.
    """

    keys: set[str] = field(default_factory=set)
    decided: list[Decided] = field(default_factory=list)
    noted: list[Arrival] = field(default_factory=list)
    later: list[Arrival] = field(default_factory=list)
    """Records that no longer fitted: they are folded once the unit has been saved, and whatever follows after them."""
    bytes: int = 0
    outbox: int = 0
    is_saved: bool = False
    changes: Changes | None = None
    """What is saved of it, once that is settled."""

    @property
    def arrivals(self) -> list[Arrival]:
        """The records that wait for the save."""
        return [*(decided.arrival for decided in self.decided), *self.noted]


class Units:
    """Each key that the batch changes belongs to one unit."""

    def __init__(self) -> None:
        self._of: dict[str, Unit] = {}

    def begun(self, key: str) -> Unit | None:
        """The unit that the key belongs to by now."""
        return self._of.get(key)

    def of_any(self, keys: Iterable[str]) -> list[Unit]:
        """The units that the keys belong to by now."""
        return _once(unit for key in keys if (unit := self._of.get(key)) is not None)

    def each(self) -> list[Unit]:
        return _once(self._of.values())

    def of(self, key: str) -> Unit:
        """The unit in which the key is saved."""
        unit = self.waiting_for(key)
        unit.keys.add(key)
        return unit

    def waiting_for(self, key: str) -> Unit:
        """The unit whose save is waited for. Where the key has none, one that saves nothing: the next round will do."""
        return self._of.setdefault(key, Unit())

    def united(self, key: str, other_key: str) -> Unit:
        """The one unit in which both keys are saved from here on, with all that belongs to either."""
        one, other = self.of(key), self.of(other_key)
        if one is not other:
            one.keys |= other.keys
            one.decided += other.decided
            one.noted += other.noted
            one.outbox += other.outbox
            one.bytes += other.bytes
            for moved in other.keys:
                self._of[moved] = one
        return one


def _once(units: Iterable[Unit]) -> list[Unit]:
    return list({id(unit): unit for unit in units}.values())
