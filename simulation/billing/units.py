"""How AWS bills what the stages do, in units: DynamoDB on demand, EventBridge, Kinesis, Firehose, SQS, CloudWatch Logs.

The rules are those of the services' pricing pages and of "DynamoDB item sizes and formats" in its developer guide:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Any

from simulation.aws.dynamodb.index import Index
from simulation.aws.dynamodb.values import Item, item_bytes

WRITE_BYTES, READ_BYTES = 1024, 4 * 1024
ENTRY_BYTES = 64 * 1024
MESSAGE_BYTES = 64 * 1024
PUT_BYTES = 25 * 1024
DELIVERY_BYTES = 5 * 1024

LOG_EVENT = 26
"""Bytes that CloudWatch adds to each line: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html"""


def write_units(before: Item | None, after: Item | None) -> int:
    """A write pays for the larger of the item before and after, without what it changes in indexes. So does one whose
    condition did not hold: there, nothing comes after."""
    return _units(max(_bytes(before), _bytes(after)), WRITE_BYTES)


def index_writes(index: Index, before: Item | None, after: Item | None, key_names: Iterable[str]) -> int:
    """Of an index, whose items have also the keys of the table, `key_names`. Leaving one place is a write and so is
    taking another: an index key cannot be changed, only moved. What stays in its place pays where the index has what
    changed. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations"""
    names = (*key_names, index.partition, index.sort)
    old, new = _projected(index, names, before), _projected(index, names, after)
    if old == new:
        return 0
    if old is not None and new is not None and _place(index, old) == _place(index, new):
        return write_units(old, new)
    return sum(write_units(None, one) for one in (old, new) if one is not None)


def read_units(items: Iterable[Item | None], *, consistent: bool = True) -> float:
    """What one read finds together; a read that finds nothing is a unit too. Half of it where the latest state is not
    asked for."""
    units = _units(sum(map(_bytes, items)), READ_BYTES)
    return units if consistent else units / 2


def bus_units(entry: dict[str, Any]) -> int:
    """A PutEvents entry, billed per started 64 KB of its detail, source and type."""
    return _units(sum(len(entry[part].encode()) for part in ("Source", "DetailType", "Detail")), ENTRY_BYTES)


def put_units(data: bytes) -> int:
    """A Kinesis record, billed per started 25 KB."""
    return _units(len(data), PUT_BYTES)


def kilobytes(data: bytes) -> int:
    """A record of a stream on demand is billed as so many KB."""
    return _units(len(data), 1024)


def delivery_bytes(size: int) -> int:
    """What Firehose bills of a record of so many bytes: the next multiple of 5 KB."""
    return _units(size, DELIVERY_BYTES) * DELIVERY_BYTES


def queue_requests(size: int) -> int:
    """A call of SQS with so many bytes of messages, or of none: each 64 KB of them are a request."""
    return _units(size, MESSAGE_BYTES)


def log_bytes(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + LOG_EVENT for line in lines)


def _bytes(item: Item | None) -> int:
    return 0 if item is None else item_bytes(item)


def _place(index: Index, item: Item) -> tuple[Any, ...]:
    return item[index.partition], item[index.sort]


def _projected(index: Index, names: tuple[str, ...], item: Item | None) -> Item | None:
    """As the index has the item; None where it has it not."""
    if item is None or index.partition not in item or index.sort not in item:
        return None
    return item if index.all else {name: item[name] for name in names}


def _units(size: int, step: int) -> int:
    return max(1, ceil(size / step))
