"""The timeline in DynamoDB: one compressed item per record and person, gone after the workspace's `timeline_days`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.item_retries import put_all
from shared.events import utc_text
from shared.failures import Unwritten
from shared.people.timeline import Chunk, TimelineEvent, unpacked

MOST_ITEMS, MOST_BYTES = 25, 12 * 1024 * 1024
"""Items and bytes of one BatchWriteItem, which takes 25 items and 16 MB. The rest is for keys and encoding:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

UNPROCESSED = "Unprocessed"
"""Headrace's own error code: BatchWriteItem lists items that it left for lack of throughput, but without a code."""


AFTER_ALL = "$"
"""Sorts behind the `#` of every chunk of a moment."""


class DynamoTimeline:
    """`shared.ports.people.Timeline` over the timeline table."""

    def __init__(self, table: str) -> None:
        self._table = table

    def put(self, chunks: Sequence[Chunk]) -> Unwritten:
        return put_all(
            [len(chunk.data) for chunk in chunks],
            lambda positions: self._put(positions, chunks),
            most_items=MOST_ITEMS,
            most_bytes=MOST_BYTES,
        )

    def read(self, keys: Iterable[str], limit: int) -> list[TimelineEvent]:
        """Chunks sort by arrival: the newest of each key are read until `limit` events are there."""
        events: dict[tuple[str, str, str], TimelineEvent] = {}
        for key in keys:
            events |= self._newest(key, limit)
        return sorted(events.values(), key=lambda event: (event.occurred_at, event.received_at))[-limit:]

    def find(
        self, keys: Iterable[str], event_id: str, name: str, *, since: datetime, until: datetime
    ) -> TimelineEvent | None:
        """The latest event with this id and name that arrived in that time."""
        for key in keys:
            pages = (
                client("dynamodb")
                .get_paginator("query")
                .paginate(
                    TableName=self._table,
                    KeyConditionExpression="pk = :pk AND sk BETWEEN :since AND :until",
                    ExpressionAttributeValues={
                        ":pk": {"S": key},
                        ":since": {"S": utc_text(since)},
                        ":until": {"S": utc_text(until) + AFTER_ALL},
                    },
                    ScanIndexForward=False,
                )
            )
            with unavailable_when_failing():
                for event in _events(pages):
                    if event.id == event_id and event.name == name:
                        return event
        return None

    def _put(self, positions: list[int], chunks: Sequence[Chunk]) -> dict[int, str]:
        at = {(chunks[position].person, chunks[position].id): position for position in positions}
        answer = client("dynamodb").batch_write_item(
            RequestItems={self._table: [{"PutRequest": {"Item": _item(chunks[at[key]])}} for key in at]}
        )
        left: list[Any] = answer.get("UnprocessedItems", {}).get(self._table, [])
        unwritten = [write["PutRequest"]["Item"] for write in left]
        return {at[(item["pk"]["S"], item["sk"]["S"])]: UNPROCESSED for item in unwritten}

    def _newest(self, key: str, limit: int) -> dict[tuple[str, str, str], TimelineEvent]:
        """The newest events, each once. Chunks overlap if a redelivered batch of the stream was cut at other places."""
        events: dict[tuple[str, str, str], TimelineEvent] = {}
        pages = (
            client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": key}},
                ScanIndexForward=False,
            )
        )
        with unavailable_when_failing():
            for page in pages:
                for item in page["Items"]:
                    for event in unpacked(bytes(item["data"]["B"])):
                        events[(event.source, event.id, event.name)] = event
                if len(events) >= limit:
                    break
        return events


def _events(pages: Iterable[Any]) -> Iterator[TimelineEvent]:
    for page in pages:
        for item in page["Items"]:
            yield from unpacked(bytes(item["data"]["B"]))


def _item(chunk: Chunk) -> dict[str, Any]:
    return {
        "pk": {"S": chunk.person},
        "sk": {"S": chunk.id},
        "data": {"B": chunk.data},
        "expires_at": {"N": str(chunk.expires_at)},
    }
