"""How AWS bills what the stages do, in units: DynamoDB on demand, EventBridge, Kinesis, Firehose.

The rules are those of the services' pricing pages and of "DynamoDB item sizes and formats" in its developer guide.
"""

from __future__ import annotations

import base64
from math import ceil
from typing import Any

Item = dict[str, Any]
"""A DynamoDB item as its JSON protocol has it: name → {type: value}, binary as base64."""

WRITE_BYTES, READ_BYTES = 1024, 4 * 1024
ENTRY_BYTES = 64 * 1024
PUT_BYTES = 25 * 1024
DELIVERY_BYTES = 5 * 1024

INDEXED = ("due_bucket", "due_at")
"""The keys of the sparse index `due`, which holds keys only."""


def write_units(before: Item | None, after: Item) -> int:
    """A put pays for the larger of the item before and after, and for each change of its place in the index."""
    size = max(item_bytes(before), item_bytes(after))
    return _units(size, WRITE_BYTES) + index_writes(before, after)


def read_units(item: Item | None) -> int:
    """A strongly consistent read; one that finds nothing is a unit too."""
    return _units(item_bytes(item), READ_BYTES)


def bus_units(entry: dict[str, Any]) -> int:
    """A PutEvents entry, billed per started 64 KB of its detail, source and type."""
    return _units(sum(len(entry[part].encode()) for part in ("Source", "DetailType", "Detail")), ENTRY_BYTES)


def put_units(data: bytes) -> int:
    """A Kinesis record, billed per started 25 KB."""
    return _units(len(data), PUT_BYTES)


def delivery_bytes(size: int) -> int:
    """What Firehose bills of a record of so many bytes: the next multiple of 5 KB."""
    return _units(size, DELIVERY_BYTES) * DELIVERY_BYTES


def item_bytes(item: Item | None) -> int:
    """Names and values; nothing for no item."""
    if item is None:
        return 0
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(typed: dict[str, Any]) -> int:
    [(kind, value)] = typed.items()
    if kind == "S":
        return len(value.encode())
    if kind == "B":
        return len(base64.b64decode(value))
    if kind == "N":  # a byte for every two significant digits, and one more
        return ceil(len(value.strip("-0").replace(".", "")) / 2) + 1
    raise ValueError(f"no size is known for a value of type {kind}")


def index_writes(before: Item | None, after: Item) -> int:
    """Leaving one place is a write and so is taking another: an index key cannot be changed, only moved."""
    old, new = _place(before), _place(after)
    return 0 if old == new else (old is not None) + (new is not None)


def _place(item: Item | None) -> tuple[Any, ...] | None:
    return tuple(item[name] for name in INDEXED) if item is not None and INDEXED[0] in item else None


def _units(size: int, step: int) -> int:
    return max(1, ceil(size / step))
