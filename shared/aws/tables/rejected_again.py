"""Pass rejected events to `archive` again, as the stream of their table would, if the lake lacks them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.aws import dynamodb_queries
from shared.aws.clients import client, unavailable_when_failing
from shared.aws.stack.invocations import invoke
from shared.aws.tables.rejected import SHARDS, first_uuid

PORTION = 10
"""Requests in one call of the function, as many as its stream passes. Each may have 5,000 events."""

BEFORE = timedelta(minutes=5)
"""A request's name has the time when it arrived; its item was written later, after it was processed."""

Item = Mapping[str, Any]


class RejectedAgain:
    """`archive` is the function's name."""

    def __init__(self, table: str, archive: str) -> None:
        self._table = table
        self._archive = archive

    def item(self, keys: Item) -> Item | None:
        """The item with these keys. None if it has expired. Raises Unavailable."""
        with unavailable_when_failing():
            return client("dynamodb").get_item(TableName=self._table, Key=keys).get("Item")

    def between(self, first: datetime, last: datetime) -> Iterator[Item]:
        """Items that were written between the two times, and some that arrived shortly before. Raises Unavailable."""
        since, until = first - BEFORE, last + timedelta(seconds=1)
        day = since.date()
        while day <= until.date():
            for shard in range(SHARDS):
                yield from self._shard(f"{day:%Y-%m-%d}#{shard}", since, until)
            day += timedelta(days=1)

    def hand_over(self, items: Iterator[Item]) -> int:
        """Pass the items to `archive`. Returns the number of requests. Raises Unavailable and FunctionFailed."""
        count, portion = 0, list[Item]()
        for item in items:
            portion.append(item)
            count += 1
            if len(portion) == PORTION:
                self._invoke(portion)
                portion = []
        if portion:
            self._invoke(portion)
        return count

    def _shard(self, pk: str, since: datetime, until: datetime) -> Iterator[Item]:
        return dynamodb_queries.items(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :since AND :until",
            ExpressionAttributeValues={
                ":pk": {"S": pk},
                ":since": {"S": first_uuid(since)},
                ":until": {"S": first_uuid(until)},
            },
        )

    def _invoke(self, items: list[Item]) -> None:
        invoke(self._archive, {"Records": [_as_the_stream_has_it(item) for item in items]})


def _as_the_stream_has_it(item: Item) -> dict[str, Any]:
    """Bytes are base64 there."""
    image = {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in item.items()
    }
    return {
        "eventSource": "aws:dynamodb",
        "eventName": "INSERT",
        "dynamodb": {"NewImage": image, "Keys": {name: image[name] for name in ("pk", "sk")}},
    }


def keys_of(said: Any) -> dict[str, Any]:
    """The keys in a dead letter of `archive`. Raises ValueError."""
    keys = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(keys, dict) or set(keys) != {"pk", "sk"}:
        raise ValueError("it does not say which request it is about")
    return keys
