"""What is stored under the keys that a batch concerns: read once, pointers followed, then changed as the batch goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from functions.process.arrivals import Arrival
from shared.failures import UnreadableSlice
from shared.fold.parts.devices.tokens import holds
from shared.fold.profile import CircularPointers, Pointer, Profile, token_key
from shared.ports.people import Profiles

MOST_HOPS = 256
"""Pointers that are followed one after the other, each with a call. The fold makes no longer chains: whoever absorbed
200 people joins nobody. A longer one, made by hand, is a matter of the records that name it."""

MOST_UNKNOWN = 200
"""Ids that records of one person name and that are read in one round, unless the first record names more. A save has
room for a hundred: to read thousands, round after round, would keep the others of the batch waiting."""


class ChainTooLong(Exception):
    """A chain of more than `MOST_HOPS` pointers."""


class Stored:
    """`items` are the profiles and pointers by their keys. Keys that were asked for and are not there have none.
    `waiting` are records (by `id`) whose ids are not read yet; `unreadable` those whose ids cannot be compared with
    what is stored of their person."""

    def __init__(self) -> None:
        self.items: dict[str, Profile | Pointer] = {}
        self.waiting: set[int] = set()
        self.unreadable: dict[int, UnreadableSlice] = {}
        self._asked: set[str] = set()
        self._ends: dict[str, str] = {}

    def load(self, keys: Iterable[str], profiles: Profiles) -> None:
        """Read what is stored under the keys, and whom it leads to. All chains are followed together."""
        wanted = set(keys) - self._asked
        hops = 0
        while wanted and hops <= MOST_HOPS:
            self._asked |= wanted
            found = profiles.load(wanted)
            self.items |= found
            wanted = {item.target for item in found.values() if isinstance(item, Pointer)} - self._asked
            hops += 1

    def was_asked(self, key: str) -> bool:
        return key in self._asked

    def root(self, key: str) -> str:
        """The key of the person whom the identity leads to: itself, where nothing is stored.

        Raises CircularPointers and ChainTooLong.
        """
        followed: set[str] = set()
        while isinstance(item := self.items.get(key), Pointer):
            if key in followed:
                raise CircularPointers(key)
            followed.add(key)
            key = self._ends.get(key, item.target)
        if key not in self._asked:
            raise ChainTooLong(key)
        if len(followed) > 1:  # the next one need not go all the way
            self._ends |= dict.fromkeys(followed, key)
        return key

    def lead(self, key: str, root: str) -> None:
        """From here on the key is a pointer to that person, whatever stood under it."""
        before = self.items.get(key)
        self.items[key] = Pointer(key, root, before.version if before is not None else 0)
        self._ends.pop(key, None)

    def person(self, root: str) -> Profile:
        """Whoever is stored there, else somebody new."""
        item = self.items.get(root)
        return item if isinstance(item, Profile) else Profile(root)

    def detours(self) -> list[tuple[Pointer, str]]:
        """Pointers that lead to their person only by way of others, with that person: those named first come first."""
        found = []
        for pointer in self.items.values():
            if isinstance(pointer, Pointer) and isinstance(self.items.get(pointer.target), Pointer):
                try:
                    found.append((pointer, self.root(pointer.key)))
                except (CircularPointers, ChainTooLong):
                    continue  # whose records are put aside
        return found


def load(arrivals: Collection[Arrival], profiles: Profiles) -> Stored:
    """Everybody the records may concern: their people; the ids and push tokens that are not known to be theirs, and
    whom those lead to. Records that name more than a save could change wait for the next round."""
    stored = Stored()
    stored.load({arrival.record.key for arrival in arrivals}, profiles)
    unknown: dict[str, Set[str]] = {}
    for arrival in arrivals:
        try:
            root = stored.root(arrival.record.key)
            keys = _unknown(arrival, stored.person(root))
        except (CircularPointers, ChainTooLong):
            continue  # it says so again when it is folded, and is put aside then
        except UnreadableSlice as error:
            stored.unreadable[id(arrival)] = error
            continue
        together = unknown.get(root, set()) | keys
        if keys and root in unknown and len(together) > MOST_UNKNOWN:
            stored.waiting.add(id(arrival))
        elif keys:
            unknown[root] = together
    stored.load(set().union(*unknown.values()), profiles)
    return stored


def _unknown(arrival: Arrival, person: Profile) -> Set[str]:
    """What the record names that is not known to be its person's. Nothing, of a record that was folded before.

    Raises UnreadableSlice.
    """
    if person.covers(*arrival.place):
        return set()
    tokens = {token_key(token) for token in arrival.tokens if not holds(person.states.devices, token)}
    return arrival.identities - {person.key, *person.states.identities.known} | tokens
