"""Lists of messages, newest first. The indexes have only keys, so a message is written to them once, and then read from
the table."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from shared.aws import dynamodb_queries
from shared.aws.clients import client, unavailable_when_failing
from shared.aws.messages.items import PARTITIONS_OF_A_DAY, day_partition, logged
from shared.events import utc_text
from shared.failures import Unavailable
from shared.messaging.message_log import LoggedMessage

OF_PERSON, OF_DAY = "of_person", "of_day"
"""The indexes. Their keys are the person, or a part of the UTC day of the request, and then the time of the request."""

MOST_READ = 100
"""Keys of one BatchGetItem: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

READ_ATTEMPTS = 5


class Found(NamedTuple):
    """An index's entry."""

    requested_at: str
    message: str


def of_person(table: str, keys: Iterable[str], limit: int) -> list[LoggedMessage]:
    """Raises Unavailable."""
    found = [_entries(table, OF_PERSON, "person", key, limit, "0") for key in dict.fromkeys(keys)]
    return _read(table, _newest(found, limit))


def latest(table: str, limit: int, *, since: datetime, today: date) -> list[LoggedMessage]:
    """Raises Unavailable."""
    found: list[Found] = []
    day, first = today, since.astimezone(UTC).date()
    while day >= first and len(found) < limit:
        partitions = [day_partition(day.isoformat(), number) for number in range(PARTITIONS_OF_A_DAY)]
        entries = [_entries(table, OF_DAY, "day", one, limit, utc_text(since)) for one in partitions]
        found += _newest(entries, limit - len(found))
        day -= timedelta(days=1)
    return _read(table, found)


def by_ids(table: str, ids: Iterable[str]) -> dict[str, LoggedMessage]:
    """Those that are in the log. Raises Unavailable."""
    wanted = [*dict.fromkeys(ids)]
    found: dict[str, LoggedMessage] = {}
    for start in range(0, len(wanted), MOST_READ):
        items = _items(table, wanted[start : start + MOST_READ])
        found |= {message.id: message for message in map(logged, items)}
    return found


def _newest(found: list[Iterator[Found]], limit: int) -> list[Found]:
    return list(itertools.islice(heapq.merge(*found, key=lambda one: one.requested_at, reverse=True), limit))


def _entries(table: str, index: str, key: str, value: str, limit: int, since: str) -> Iterator[Found]:
    items = dynamodb_queries.items(
        TableName=table,
        IndexName=index,
        KeyConditionExpression="#key = :key AND requested_at >= :since",
        ExpressionAttributeNames={"#key": key},
        ExpressionAttributeValues={":key": {"S": value}, ":since": {"S": since}},
        ScanIndexForward=False,
        PaginationConfig={"PageSize": limit},
    )
    return (Found(item["requested_at"]["S"], item["pk"]["S"]) for item in items)


def _read(table: str, found: list[Found]) -> list[LoggedMessage]:
    """The messages in the order found. An item that has expired since the index was read is left out."""
    items: dict[str, LoggedMessage] = {}
    for start in range(0, len(found), MOST_READ):
        keys = [one.message for one in found[start : start + MOST_READ]]
        items |= {message.id: message for message in map(logged, _items(table, keys))}
    return [items[one.message] for one in found if one.message in items]


def _items(table: str, messages: list[str]) -> list[dict[str, Any]]:
    asking: dict[str, Any] = {table: {"Keys": [{"pk": {"S": message}} for message in messages]}}
    items: list[dict[str, Any]] = []
    with unavailable_when_failing():
        for _ in range(READ_ATTEMPTS):
            answer = client("dynamodb").batch_get_item(RequestItems=asking)
            items += answer["Responses"].get(table, [])
            asking = dict(answer.get("UnprocessedKeys") or {})
            if not asking:
                return items
    raise Unavailable(f"DynamoDB left {len(asking[table]['Keys'])} messages unread")
