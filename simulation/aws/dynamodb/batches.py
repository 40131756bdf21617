"""BatchGetItem and BatchWriteItem, which may leave items unprocessed.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from simulation.aws.calls import Answer
from simulation.aws.dynamodb.queries import projection
from simulation.aws.dynamodb.table import Table
from simulation.aws.dynamodb.values import Item, invalid
from simulation.aws.dynamodb.writes import Write

MOST_READ, MOST_WRITTEN = 100, 25
MOST_BYTES = 16 * 1024 * 1024

Taken = Callable[[int], Collection[int]]
"""The positions that are left unprocessed, of so many."""


def read(asked: dict[str, Any], table: Callable[[str], Table], left: Taken) -> Answer:
    wanted = [
        (table(name), of_table, key)
        for name, of_table in asked["RequestItems"].items()
        for key in of_table["Keys"]
    ]
    if not 1 <= len(wanted) <= MOST_READ:
        raise invalid("Too many items requested for the BatchGetItem call")
    keys = [(one.name, one.key_of(key, whole=True)) for one, _, key in wanted]
    if len(set(keys)) < len(keys):
        raise invalid("Provided list of item keys contains duplicates")
    unprocessed = left(len(wanted))
    found: dict[str, list[Item]] = {name: [] for name in asked["RequestItems"]}
    again: dict[str, dict[str, Any]] = {}
    size = 0
    for position, (one, of_table, key) in enumerate(wanted):
        row = None
        is_left = position in unprocessed
        if not is_left:
            row = one.row(keys[position][1], consistent=of_table.get("ConsistentRead", False))
            size += row.size if row is not None else 0
            is_left = size > MOST_BYTES
        if is_left:
            again.setdefault(one.name, {**of_table, "Keys": []})["Keys"].append(key)
        elif row is not None:
            found[one.name].append(projection(of_table)(row.item))
    return {"Responses": found, "UnprocessedKeys": again}


def write(asked: dict[str, Any], table: Callable[[str], Table], left: Taken) -> Answer:
    requests: list[tuple[str, dict[str, Any]]] = [
        (name, one) for name, of_table in asked["RequestItems"].items() for one in of_table
    ]
    if not 1 <= len(requests) <= MOST_WRITTEN:
        raise invalid("Too many items requested for the BatchWriteItem call")
    writes: list[Write] = []
    for name, request in requests:
        [(kind, of_item)] = request.items()
        writes.append(Write.of(kind.removesuffix("Request"), table(name), of_item))
        if kind == "PutRequest":
            writes[-1].table.checked(of_item["Item"])
    if len({(one.table.name, one.key) for one in writes}) < len(writes):
        raise invalid("Provided list of item keys contains duplicates")
    unprocessed = left(len(writes))
    again: dict[str, list[Any]] = {}
    for position, (one, (name, request)) in enumerate(zip(writes, requests, strict=True)):
        if position in unprocessed:
            again.setdefault(name, []).append(request)
        else:
            one.table.write(one.key, one.after(None))
    return {"UnprocessedItems": again}
