"""Profiles in memory, stored as the adapter stores them: encoded, with a version."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from shared.failures import Refused, TooLargeToStore, Unavailable, VersionConflict
from shared.fold.formats.envelope import decoded, encoded
from shared.fold.profile import Changes, Pointer, Profile
from shared.people import due
from shared.people.due import DueProfile
from simulation.ports.faults import Faults

LONGEST_KEY, MOST_ITEMS = 2_048, 100
"""DynamoDB's: bytes of a key, and items of a transaction. Beyond them it refuses the call."""


class FakeProfiles:
    """`before_save` runs before each save looks at versions: tests let somebody else write there."""

    def __init__(self, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._items: dict[str, tuple[int, bytes | str]] = {}
        self._due: dict[str, tuple[int, str]] = {}
        self._lock = threading.Lock()
        self.before_save: Callable[[Changes], object] | None = None
        self.before_load: Callable[[Collection[str]], object] | None = None
        self.throttled: list[str] = []
        """Keys whose next save is throttled, once each."""
        self.too_large: set[str] = set()
        """Keys whose items have grown beyond what a table takes."""
        self.largest = 0
        """Bytes, before they are compressed, of the largest profile there ever was."""
        self.unreadable: set[str] = set()
        """Keys that no read takes: it is refused whole."""
        self.refusing: Callable[[Changes], bool] | None = None
        """Changes whose content is refused, however often they come."""

    def load(self, keys: Collection[str]) -> dict[str, Profile | Pointer]:
        self._faults.outage("profiles")
        if self.unreadable & set(keys) or not all(0 < len(key.encode()) <= LONGEST_KEY for key in keys):
            raise Refused("ValidationException: a key is empty or too long")
        if self.before_load is not None:
            self.before_load(keys)
        found = {key: self._read(key) for key in keys if key in self._items}
        self._faults.called("profiles.load")
        return found

    def save(self, changes: Changes, *, at: datetime) -> None:
        if self.before_save is not None:
            hook, self.before_save = self.before_save, None
            hook(changes)
        self._faults.outage("profiles")
        items: tuple[Profile | Pointer, ...] = (*changes.profiles, *changes.pointers)
        if self.refusing is not None and self.refusing(changes):
            raise Refused("on command")
        if len(items) > MOST_ITEMS:
            raise Refused("ValidationException: more items than a transaction takes")
        if self.too_large & {item.key for item in items}:
            raise TooLargeToStore("on command")
        with self._lock:
            for item in items:
                if item.key in self.throttled:
                    self.throttled.remove(item.key)
                    raise Unavailable("throttled on command")
            for item in items:
                if item.version != self._items.get(item.key, (0, b""))[0]:
                    raise VersionConflict("somebody else was quicker", [item.key])
            for profile in changes.profiles:
                state = encoded(profile)
                self.largest = max(self.largest, len(state))
                self._items[profile.key] = (profile.version + 1, state)
                self._due.pop(profile.key, None)
                if profile.due_at is not None:
                    place = due.place(profile.key, due.indexed_at(profile.due_at, at))
                    self._due[profile.key] = (due.shard_of(profile.key), place)
            for pointer in changes.pointers:
                self._items[pointer.key] = (pointer.version + 1, pointer.target)
                self._due.pop(pointer.key, None)
        self._faults.called("profiles.save")

    def due_in(self, shard: int) -> list[DueProfile]:
        """The shard of the index, in its order."""
        found = (DueProfile(key, place) for key, (its, place) in self._due.items() if its == shard)
        return sorted(found, key=lambda due: due.place)

    def person(self, key: str) -> Profile:
        """The person an identity leads to. Raises KeyError for nobody."""
        item = self._read(key)
        return self.person(item.target) if isinstance(item, Pointer) else item

    def touch(self, key: str) -> None:
        """Somebody else writes the item, changing nothing but its version."""
        version, data = self._items[key]
        self._items[key] = (version + 1, data)

    def snapshot(self) -> dict[str, Profile | Pointer]:
        """Everything stored, versions left out: to compare two ways that must end alike."""
        return {key: replace(self._read(key), version=0) for key in self._items}

    def _read(self, key: str) -> Profile | Pointer:
        version, data = self._items[key]
        return decoded(key, data, version) if isinstance(data, bytes) else Pointer(key, data, version)
