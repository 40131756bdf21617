"""A table: items by their keys, its indexes, the change records that it emits, and what expires.

Keys are text, as in all tables of ours. Text sorts by its UTF-8 bytes, which is the order of its code points.
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import NamedTuple

from simulation.aws.behaviour import Behaviour
from simulation.aws.dynamodb.changes import Changes
from simulation.aws.dynamodb.index import Index, IndexedItems
from simulation.aws.dynamodb.values import (
    LARGEST_ITEM,
    LONGEST_PARTITION_KEY,
    LONGEST_SORT_KEY,
    Item,
    Value,
    invalid,
    item_bytes,
    kind,
)

Key = tuple[str, str]
"""Partition key and sort key; the latter is empty where the table has none."""


class Row(NamedTuple):
    item: Item
    size: int


class Expiry(NamedTuple):
    gone_at: float
    key: Key
    expires_at: str


class Table:
    def __init__(
        self,
        name: str,
        *,
        now: Callable[[], float],
        draw: random.Random,
        behaviour: Behaviour,
        sort_key: str | None,
        indexes: Mapping[str, Index],
        expires: str | None,
        stream: bool,
    ) -> None:
        self.name, self.sort_key, self.expires = name, sort_key, expires
        self.key_names = ("pk",) if sort_key is None else ("pk", sort_key)
        self.indexes = {
            one: IndexedItems(index, self.key_names, now=now, draw=draw, behaviour=behaviour)
            for one, index in indexes.items()
        }
        self.changes = Changes(self.key_names, now=now) if stream else None
        self._now, self._draw, self._behaviour = now, draw, behaviour
        self._rows: dict[Key, Row] = {}
        self._order: dict[str, list[str]] = {}
        self._recent: dict[Key, tuple[float, Row | None]] = {}
        self._expiries: list[Expiry] = []

    def items(self) -> list[Item]:
        """All items, those that should have expired included."""
        return [row.item for row in self._rows.values()]

    def get(self, pk: str, sk: str = "") -> Item | None:
        """The item as it is now, by the values of its keys."""
        row = self.row((pk, sk))
        return row.item if row is not None else None

    def row(self, key: Key, *, consistent: bool = True) -> Row | None:
        if self._expiries:
            self.expire()
        row = self._rows.get(key)
        if not consistent and self._recent:
            written = self._recent.get(key)
            if written is not None:
                at, before = written
                if self._now() - at < self._behaviour.stale_reads and self._draw.random() < 0.5:
                    return before
        return row

    def partition(self, pk: str) -> list[str]:
        """The sort keys of a partition, in order."""
        if self._expiries:
            self.expire()
        if self.sort_key is None:
            return [""] if (pk, "") in self._rows else []
        return self._order.get(pk, [])

    def write(self, key: Key, item: Item | None) -> None:
        """Put the item in place of what was there, or delete it. Raises AwsError if it is too large."""
        before = self._rows.get(key)
        row = self.checked(item) if item is not None else None
        self._write(key, before, row)
        if item is not None and self.expires is not None and "N" in (at := item.get(self.expires, {})):
            late = self._draw.uniform(0.0, most) if (most := self._behaviour.expiry_late) else 0.0
            heappush(self._expiries, Expiry(int(at["N"]) + late, key, at["N"]))

    def checked(self, item: Item) -> Row:
        """Raises AwsError for what DynamoDB would not store: it is too large, or not indexable."""
        row = Row(item, item_bytes(item))
        if row.size > LARGEST_ITEM:
            raise invalid("Item size has exceeded the maximum allowed size")
        for index in self.indexes.values():
            index.check(item)
        return row

    def key_of(self, item: Item, *, whole: bool = False) -> Key:
        """The key of an item, or of a `whole` key. Raises AwsError if it has none that the table takes."""
        if whole and len(item) != len(self.key_names):
            raise invalid("The provided key element does not match the schema")
        partition = self._part(item, "pk", LONGEST_PARTITION_KEY, whole=whole)
        if self.sort_key is None:
            return partition, ""
        return partition, self._part(item, self.sort_key, LONGEST_SORT_KEY, whole=whole)

    def expire(self) -> None:
        """Delete what has expired by now. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html"""
        now = self._now()
        while self._expiries and self._expiries[0].gone_at <= now:
            expiry = heappop(self._expiries)
            row = self._rows.get(expiry.key)
            if row is not None and row.item.get(self.expires or "") == {"N": expiry.expires_at}:
                self._write(expiry.key, row, None)

    def _write(self, key: Key, before: Row | None, row: Row | None) -> None:
        if row is None:
            self._rows.pop(key, None)
        else:
            self._rows[key] = row
        if self.sort_key is not None and (before is None) != (row is None):
            order = self._order.setdefault(key[0], [])
            if row is not None:
                insort(order, key[1])
            else:
                del order[bisect_left(order, key[1])]
        if self._behaviour.stale_reads:
            self._recent[key] = (self._now(), before)
        item = row.item if row is not None else None
        for index in self.indexes.values():
            index.written(key, item)
        if self.changes is not None:
            self.changes.add(before.item if before is not None else None, item)

    def _part(self, item: Item, name: str, longest: int, *, whole: bool) -> str:
        value: Value | None = item.get(name)
        if value is None:
            if whole:
                raise invalid("The provided key element does not match the schema")
            raise invalid(f"One or more parameter values were invalid: Missing the key {name} in the item")
        text = value.get("S")
        if not isinstance(text, str):
            raise invalid(
                f"One or more parameter values were invalid: Type mismatch for key {name} expected: S actual: "
                f"{kind(value)}"
            )
        if not text:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                f"empty string value. Key: {name}"
            )
        if 4 * len(text) > longest and len(text.encode()) > longest:
            raise invalid(
                f"One or more parameter values were invalid: Size of {'hashkey' if name == 'pk' else 'rangekey'} has "
                f"exceeded the maximum size limit of {longest} bytes"
            )
        return text
