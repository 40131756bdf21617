"""Query: the items of a partition, in order, at most 1 MB an answer.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from simulation.aws.calls import Answer
from simulation.aws.dynamodb.index import IndexedItems
from simulation.aws.dynamodb.table import Row, Table
from simulation.aws.dynamodb.tokens import Names, Path_, Tokens, check_all_used, given, named
from simulation.aws.dynamodb.values import Item, invalid, item_bytes

MOST_BYTES = 1024 * 1024


class KeyCondition(NamedTuple):
    """The partition key is the value `partition`. `sign` is of the sort key: `=`, `>=`, `BETWEEN`, or empty."""

    partition_key: Path_
    partition: str
    sort_key: Path_ = ()
    sign: str = ""
    bounds: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def key_condition(expression: str) -> KeyCondition:
    tokens = Tokens(expression)
    partition_key = tokens.path()
    tokens.expect("=")
    found = KeyCondition(partition_key, tokens.value())
    if tokens.took("AND"):
        sort_key, sign = tokens.path(), tokens.take().upper()
        if sign in ("=", ">="):
            bounds: tuple[str, ...] = (tokens.value(),)
        elif sign == "BETWEEN":
            first = tokens.value()
            tokens.expect("AND")
            bounds = (first, tokens.value())
        else:
            raise tokens.unknown(sign)
        found = found._replace(sort_key=sort_key, sign=sign, bounds=bounds)
    tokens.end()
    return found


def projection(asked: dict[str, Any]) -> Callable[[Item], Item]:
    expression = asked.get("ProjectionExpression")
    if expression is None:
        return lambda item: item
    names: Names = asked.get("ExpressionAttributeNames", {})
    wanted = [named(path, names) for path in _projected(expression)]
    if any(len(path) > 1 for path in wanted):
        raise NotImplementedError("a projection of attributes within maps")
    return lambda item: {path[0]: item[path[0]] for path in wanted if path[0] in item}


@lru_cache(maxsize=256)
def _projected(expression: str) -> tuple[Path_, ...]:
    tokens = Tokens(expression)
    paths = [tokens.path()]
    while tokens.took(","):
        paths.append(tokens.path())
    tokens.end()
    return tuple(paths)


def query(asked: dict[str, Any], table: Table) -> Answer:
    expression = asked["KeyConditionExpression"]
    check_all_used(asked, expression, asked.get("ProjectionExpression", ""))
    wanted, names = key_condition(expression), asked.get("ExpressionAttributeNames", {})
    values = asked.get("ExpressionAttributeValues", {})
    index = _index(asked, table)
    partition_key, sort_key = (index.index.partition, index.index.sort) if index else ("pk", table.sort_key)
    if named(wanted.partition_key, names) != (partition_key,) or (
        wanted.sort_key and named(wanted.sort_key, names) != (sort_key,)
    ):
        raise invalid("Query condition missed key schema element, or names another attribute")
    partition = _text(given(values, wanted.partition))
    bounds = [_text(given(values, name)) for name in wanted.bounds]
    if wanted.sign == "BETWEEN" and bounds[0] > bounds[1]:
        raise invalid(
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
            f"operand: {bounds[0]}, upper bound operand: {bounds[1]}"
        )
    if index is not None:
        found: list[Any] = index.partition(partition)
        sorts = [place.sort for place in found]
    else:
        found = sorts = table.partition(partition)
    first = bisect_left(sorts, bounds[0]) if bounds else 0
    last = bisect_right(sorts, bounds[-1]) if wanted.sign in ("=", "BETWEEN") else len(sorts)
    in_order = list(found[first:last])
    if not asked.get("ScanIndexForward", True):
        in_order.reverse()
    return _page(asked, table, index, partition, in_order)


def _page(
    asked: dict[str, Any], table: Table, index: IndexedItems | None, partition: str, places: list[Any]
) -> Answer:
    limit: int | None = asked.get("Limit")
    if limit is not None and limit < 1:
        raise invalid("Limit must be greater than or equal to 1")
    start = _start(asked, table, index, places)
    keys = index.key_names if index is not None else table.key_names
    items: list[Item] = []
    size, last = 0, None
    consistent = bool(asked.get("ConsistentRead", False))
    for place in places[start:]:
        row: Row | None
        if index is not None:
            item = index.item(place.key)
            row = Row(item, item_bytes(item))
        else:
            row = table.row((partition, place), consistent=consistent)
        if row is None:  # a read that is not consistent does not see it yet
            continue
        if size + row.size > MOST_BYTES and items:
            last = items[-1]
            break
        items.append(row.item)
        size += row.size
        if len(items) == limit:
            last = row.item
            break
    answer: Answer = {"Count": len(items), "ScannedCount": len(items)}
    if asked.get("Select") != "COUNT":
        answer["Items"] = list(map(projection(asked), items))
    if last is not None:
        answer["LastEvaluatedKey"] = {name: last[name] for name in keys}
    return answer


def _start(asked: dict[str, Any], table: Table, index: IndexedItems | None, places: list[Any]) -> int:
    """How many places come before and at ExclusiveStartKey, which need not be there any more."""
    after: Item | None = asked.get("ExclusiveStartKey")
    if after is None:
        return 0
    if after.keys() != set(index.key_names if index is not None else table.key_names):
        raise invalid("The provided starting key is invalid")
    key = table.key_of({name: after[name] for name in table.key_names})
    mark: Any = (after[index.index.sort]["S"], key) if index is not None else key[1]
    if asked.get("ScanIndexForward", True):
        return bisect_right(places, mark)
    return len(places) - bisect_left(list(reversed(places)), mark)


def _index(asked: dict[str, Any], table: Table) -> IndexedItems | None:
    name = asked.get("IndexName")
    if name is None:
        return None
    if name not in table.indexes:
        raise invalid(f"The table does not have the specified index: {name}")
    if asked.get("ConsistentRead"):
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return table.indexes[name]


def _text(value: dict[str, Any]) -> str:
    text = value.get("S")
    if not isinstance(text, str):
        raise invalid(
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        )
    if not text:
        raise invalid(
            "One or more parameter values are not valid: a key condition with an empty string value"
        )
    return text
