"""Whom the ids lead to that a record names, as the batch has changed them by now."""

from __future__ import annotations

from functions.process.arrivals import Arrival
from functions.process.people.retention import Retention
from functions.process.people.stored import ChainTooLong, Stored
from shared.failures import UnreadableSlice
from shared.fold.profile import CircularPointers, Pointer, Profile, token_key


class Named:
    """Who is named by the records of a batch."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._items = stored.items
        self._known_as_loaded = {
            key: item.key
            for item in stored.items.values()
            if isinstance(item, Profile)
            for key in _known_keys(item)
        }
        """Ids that were not read because their person knew them. They stay that person's when they are forgotten."""

    def person(self, arrival: Arrival) -> Profile | None:
        """The record's person, if there is one."""
        try:
            item = self._items.get(self._stored.root(arrival.record.key))
        except (CircularPointers, ChainTooLong):
            return None
        return item if isinstance(item, Profile) else None

    def strangers(self, arrival: Arrival, root: str, kept: Retention) -> dict[str, Profile | Pointer]:
        """What is stored under the ids the record names, pointers followed to their end, and those ends."""
        found: dict[str, Profile | Pointer] = {}
        for key in arrival.identities - {root}:
            item = self._items.get(key)
            led_to = self._known_as_loaded.get(key) if item is None else key
            if isinstance(item, Profile):
                found[key] = kept.unfinished(item, arrival.arrived_at)
            elif led_to is not None:
                end = self._stored.root(led_to)
                found[key] = Pointer(key, end)
                if end != root and isinstance(person := self._items.get(end), Profile):
                    found[end] = kept.unfinished(person, arrival.arrived_at)
        return found

    def concerned(self, arrival: Arrival, root: str) -> set[str]:
        """The record's person, the ids and push tokens that it names, and whose these are by now."""
        named = arrival.identities | set(map(token_key, arrival.tokens))
        found = {root, *named}
        for key in named:
            led_to = key if key in self._items else self._known_as_loaded.get(key, key)
            try:
                found.add(self._stored.root(led_to))
            except (CircularPointers, ChainTooLong):
                continue  # it says so when it is folded
        return found


def _known_keys(person: Profile) -> tuple[str, ...]:
    """None of a person whose ids cannot be read: no record of theirs is folded, nor one that would join them."""
    try:
        return person.states.identities.known
    except UnreadableSlice:
        return ()
