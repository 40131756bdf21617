"""A global secondary index: it sees each write some time after the table, and all writes in their order.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from simulation.aws.behaviour import Behaviour
from simulation.aws.dynamodb.values import LONGEST_PARTITION_KEY, LONGEST_SORT_KEY, Item, invalid

Key = tuple[str, str]


class Index(NamedTuple):
    """Its keys, which are text. `all`: whether it has all attributes of the items, or keys only."""

    partition: str
    sort: str
    all: bool = False


class Place(NamedTuple):
    """A place in a partition's order. AWS names no order of equal sort keys; here it is that of the table's key."""

    sort: str
    key: Key


class Pending(NamedTuple):
    visible_at: float
    key: Key
    partition: str | None
    place: Place | None
    item: Item | None


class IndexedItems:
    def __init__(
        self,
        index: Index,
        key_names: tuple[str, ...],
        *,
        now: Callable[[], float],
        draw: random.Random,
        behaviour: Behaviour,
    ) -> None:
        self.index = index
        self.key_names = tuple(dict.fromkeys((index.partition, index.sort, *key_names)))
        self._now, self._draw, self._lag = now, draw, behaviour.index_lag
        self._partitions: dict[str, list[Place]] = {}
        self._where: dict[Key, tuple[str, Place]] = {}
        self._items: dict[Key, Item] = {}
        self._pending: deque[Pending] = deque()
        self._latest: dict[Key, tuple[str, str]] = {}

    def written(self, key: Key, item: Item | None) -> None:
        """The table's item is another now, or gone."""
        place = self._place(item)
        if not self.index.all and self._latest.get(key) == place:
            return
        if place is None or item is None:
            if self._latest.pop(key, None) is None:
                return
            pending = Pending(0.0, key, None, None, None)
        else:
            self._latest[key] = place
            pending = Pending(0.0, key, place[0], Place(place[1], key), self._projected(item))
        if not self._lag:
            self._apply(pending)
            return
        visible_at = self._now() + self._draw.uniform(0.0, self._lag)
        if self._pending:
            visible_at = max(visible_at, self._pending[-1].visible_at)
        self._pending.append(pending._replace(visible_at=visible_at))

    def partition(self, value: str) -> list[Place]:
        """What the index sees by now."""
        self._see()
        return self._partitions.get(value, [])

    def places(self) -> list[Place]:
        """All that it sees by now, partition by partition."""
        self._see()
        return [place for value in sorted(self._partitions) for place in self._partitions[value]]

    def _see(self) -> None:
        now = self._now()
        while self._pending and self._pending[0].visible_at <= now:
            self._apply(self._pending.popleft())

    def item(self, key: Key) -> Item:
        return self._items[key]

    def check(self, item: Item) -> None:
        """Raises AwsError if an attribute of the index is there and cannot be a key."""
        for name, longest in (
            (self.index.partition, LONGEST_PARTITION_KEY),
            (self.index.sort, LONGEST_SORT_KEY),
        ):
            value = item.get(name)
            if value is None:
                continue
            if "S" not in value:
                raise invalid(
                    f"One or more parameter values were invalid: Type mismatch for Index Key {name}"
                )
            if not value["S"]:
                raise invalid(
                    "One or more parameter values are not valid. A value specified for a secondary index key is not "
                    f"supported. The AttributeValue for a key attribute cannot contain an empty string value: {name}"
                )
            if len(value["S"].encode()) > longest:
                raise invalid(
                    f"One or more parameter values were invalid: Size of index key {name} is too large"
                )

    def _place(self, item: Item | None) -> tuple[str, str] | None:
        if item is None or self.index.partition not in item or self.index.sort not in item:
            return None
        return item[self.index.partition]["S"], item[self.index.sort]["S"]

    def _projected(self, item: Item) -> Item:
        return item if self.index.all else {name: item[name] for name in self.key_names}

    def _apply(self, pending: Pending) -> None:
        where = self._where.pop(pending.key, None)
        if where is not None:
            partition, place = where
            places = self._partitions[partition]
            del places[bisect_left(places, place)]
            if not places:
                del self._partitions[partition]
            del self._items[pending.key]
        if pending.partition is not None and pending.place is not None and pending.item is not None:
            insort(self._partitions.setdefault(pending.partition, []), pending.place)
            self._where[pending.key] = (pending.partition, pending.place)
            self._items[pending.key] = pending.item
