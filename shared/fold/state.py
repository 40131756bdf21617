"""The slices of a profile, one per part that remembers something. A part's `name` is its attribute here.

A slice is stored as bytes that its part made, and is read when it is first asked for. What nobody asked for is written
back as it was; and so is what belongs to a part that this version does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, NamedTuple

from shared.failures import UnreadableSlice
from shared.fold.effects import NOTHING
from shared.fold.part import RememberingPart
from shared.fold.parts import (
    app_versions,
    consents,
    counters,
    devices,
    duplicates,
    identities,
    place,
    sessions,
    traits,
    utm,
    volume,
)
from shared.fold.parts.devices.device import Devices
from shared.fold.parts.duplicates.ring import Ring
from shared.fold.parts.sessions.session import Sessions

REMEMBERING: dict[str, RememberingPart] = {
    part.name: part
    for part in (
        volume,
        duplicates,
        identities,
        traits,
        consents,
        devices,
        counters,
        sessions,
        app_versions,
        utm,
        place,
    )
}


AGAIN, AT_LAST = timedelta(minutes=10), timedelta(days=1)


class Stored(NamedTuple):
    """A slice as it is stored, and when its part wants to be woken."""

    name: str
    data: bytes
    due: datetime | None = None


class States:
    """All slices of a person. None is ever changed: `having` makes another of them.

    `dues` says when which part wants to be woken, as of the last fold. `unread` are slices of parts that this version
    does not have; one part has several of them where people became one meanwhile, those of the person who stayed first.
    """

    volume: volume.Volume
    duplicates: Ring
    identities: identities.Identities
    traits: traits.Traits
    consents: consents.Consents
    devices: Devices
    counters: counters.Counters
    sessions: Sessions
    app_versions: app_versions.AppVersions
    utm: utm.Visit
    place: place.Place

    __slots__ = ("__dict__", "_stored", "dues", "unread")

    def __init__(self, **slices: Any) -> None:
        self._stored: dict[str, tuple[bytes, ...]] = {}
        self.dues: Mapping[str, datetime] = {}
        self.unread: tuple[Stored, ...] = ()
        vars(self).update(slices)

    @classmethod
    def stored(cls, slices: Sequence[Stored]) -> States:
        states = cls()
        dues: dict[str, datetime] = {}
        for slice_ in slices:
            if slice_.name not in REMEMBERING:
                states.unread = (*states.unread, slice_)
                continue
            states._stored[slice_.name] = (*states._stored.get(slice_.name, ()), slice_.data)
            if slice_.due is not None:
                dues[slice_.name] = min(slice_.due, dues.get(slice_.name, slice_.due))
        states.dues = dues
        return states

    def __getattr__(self, name: str) -> Any:
        """A slice that was not asked for before. Raises UnreadableSlice."""
        part = REMEMBERING.get(name)
        if part is None:
            raise AttributeError(name)
        versions = self._stored.get(name)
        try:
            slice_ = reduce(part.merge, map(part.decode, versions)) if versions else part.EMPTY
        except Exception as error:
            raise UnreadableSlice(name) from error
        vars(self)[name] = slice_
        return slice_

    def having(self, **changed: Any) -> States:
        """The same but for these slices."""
        known = vars(self)
        new = {name: slice_ for name, slice_ in changed.items() if known.get(name) is not slice_}
        after = States(**known | new)
        after._stored = {name: data for name, data in self._stored.items() if name not in new}
        after.dues, after.unread = self.dues, self.unread
        return after

    def waiting(self, dues: Mapping[str, datetime], unread: tuple[Stored, ...] | None = None) -> States:
        """The same, but these parts wait for these times."""
        after = States(**vars(self))
        after._stored = self._stored
        after.dues, after.unread = dues, self.unread if unread is None else unread
        return after

    def unanswered_due(self, others: Mapping[str, datetime], now: datetime) -> list[datetime]:
        """When parts want to be woken that this version does not have, and `others` that do not wait in it. One whose
        time has come cannot be: it keeps its time, and the item comes up again after as long again as it is overdue,
        `AGAIN` at least and `AT_LAST` at most. So a version that has the part finds it soon, and meanwhile nobody is
        woken every minute for nothing.
        """
        wanted = [slice_.due for slice_ in self.unread if slice_.due is not None]
        wanted += others.values()
        return [due if due > now else now + min(max(now - due, AGAIN), AT_LAST) for due in wanted]

    def slices(self) -> list[Stored]:
        """What is to be stored: nothing of parts that have nothing to remember. Each is encoded once: a person is
        measured as well as saved."""
        found = []
        for name, part in REMEMBERING.items():
            versions = self._stored.get(name)
            if versions is None and (state := vars(self).get(name, part.EMPTY)) != part.EMPTY:
                versions = self._stored[name] = (part.encode(state),)
            found += [Stored(name, data, self.dues.get(name)) for data in versions or ()]
        return [*found, *self.unread]

    def __eq__(self, other: object) -> bool:
        """Whether every slice is the same, whichever of them were read."""
        if not isinstance(other, States):
            return NotImplemented
        return self.unread == other.unread and all(
            getattr(self, name) == getattr(other, name) for name in REMEMBERING
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        slices = ", ".join(f"{name}={getattr(self, name)!r}" for name in REMEMBERING)
        return f"States({slices}, unread={self.unread!r})"


Kept = tuple[States, dict[str, Any]]
"""Slices at some moment: where those come from that were not read by then, and those that were."""


class SlicesByName(dict[str, Any]):
    """Slices while events are folded into them, by their parts' names. One that no part asks for stays unread."""

    def __init__(self, states: States) -> None:
        super().__init__()
        self._before = states

    def __missing__(self, name: str) -> Any:
        slice_ = getattr(self._before, name) if name in REMEMBERING else NOTHING
        self[name] = slice_
        return slice_

    def kept(self) -> Kept:
        """All of them as they are now: for `undo`."""
        return self._before, dict(self)

    def undo(self, kept: Kept) -> None:
        """Back to what they were, those that were not read included: somebody may have joined since."""
        self.clear()
        self._before, read = kept
        self.update(read)

    def start_from(self, states: States) -> None:
        """Others, of a person who was joined."""
        self.clear()
        self._before = states

    @property
    def dues(self) -> Mapping[str, datetime]:
        """When which part wants to be woken, as the person is stored."""
        return self._before.dues

    def slices(self) -> States:
        return self._before.having(**{name: one for name, one in self.items() if name in REMEMBERING})
