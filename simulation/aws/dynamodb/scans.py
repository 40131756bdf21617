"""Scan: all items of an index, at most 1 MB an answer. Nothing scans a table.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
"""

from __future__ import annotations

from typing import Any

from simulation.aws.calls import Answer
from simulation.aws.dynamodb.queries import MOST_BYTES, projection
from simulation.aws.dynamodb.table import Table
from simulation.aws.dynamodb.tokens import check_all_used
from simulation.aws.dynamodb.values import Item, invalid, item_bytes


def scan(asked: dict[str, Any], table: Table) -> Answer:
    check_all_used(asked, asked.get("ProjectionExpression", ""))
    name = asked.get("IndexName")
    if name is None:
        raise NotImplementedError("a scan of a table")
    if name not in table.indexes:
        raise invalid(f"The table does not have the specified index: {name}")
    index = table.indexes[name]
    after: Item | None = asked.get("ExclusiveStartKey")
    if after is not None and after.keys() != set(index.key_names):
        raise invalid("The provided starting key is invalid")
    begun = None if after is None else _place(after, index.key_names)
    items: list[Item] = []
    size, last = 0, None
    for item in map(index.item, (place.key for place in index.places())):
        if begun is not None and _place(item, index.key_names) <= begun:
            continue
        size += item_bytes(item)
        if size > MOST_BYTES and items:
            last = items[-1]
            break
        items.append(item)
    answer: Answer = {"Count": len(items), "ScannedCount": len(items)}
    answer["Items"] = list(map(projection(asked), items))
    if last is not None:
        answer["LastEvaluatedKey"] = {key: last[key] for key in index.key_names}
    return answer


def _place(item: Item, key_names: tuple[str, ...]) -> tuple[str, ...]:
    """In the order in which an index is read here; AWS names none."""
    return tuple(item[name]["S"] for name in key_names)
