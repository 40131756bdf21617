"""The timeline in DynamoDB: compressed items of events, gone after the workspace's `timeline_days`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from shared.aws import dynamodb_queries
from shared.aws.dynamodb_requests import batch_write_item
from shared.aws.item_retries import put_all
from shared.aws.runtime import pause as real_pause
from shared.events import utc_text
from shared.failures import Unwritten
from shared.people.timeline import Chunk, TimelineEvent, kept, latest_of, unpacked
from shared.ports.runtime import Pause

MOST_ITEMS, MOST_BYTES = 25, 12 * 1024 * 1024
"""Items and bytes of one BatchWriteItem, which takes 25 items and 16 MB. The rest is for keys and encoding:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""

UNPROCESSED = "Unprocessed"
"""Headrace's own error code: BatchWriteItem lists items that it left for lack of throughput, but without a code."""


class DynamoTimeline:
    """`shared.ports.people.Timeline` over the timeline table."""

    def __init__(self, table: str, pause: Pause = real_pause) -> None:
        self._table = table
        self._pause = pause

    def put(self, chunks: Sequence[Chunk]) -> Unwritten:
        return put_all(
            [len(chunk.data) for chunk in chunks],
            lambda positions: self._put(positions, chunks),
            most_items=MOST_ITEMS,
            most_bytes=MOST_BYTES,
            pause=self._pause,
        )

    def read(self, keys: Iterable[str], limit: int, *, at: datetime) -> list[TimelineEvent]:
        """Chunks sort by their latest arrival: the newest of each key are read until `limit` events are there."""
        return latest_of((one for key in keys for one in self._newest(key, limit, at)), limit)

    def find(
        self, keys: Iterable[str], event_id: str, name: str, *, since: datetime, until: datetime
    ) -> TimelineEvent | None:
        """The event with this id and name that arrived in that time, in whole milliseconds.

        A chunk sorts by its latest arrival, and may have begun weeks before: the event may be in the very last one.
        """
        first, last = utc_text(since), utc_text(until)
        for key in keys:
            chunks = dynamodb_queries.items(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND sk >= :since",
                ExpressionAttributeValues={":pk": {"S": key}, ":since": {"S": first}},
            )
            for chunk in chunks:
                events = unpacked(bytes(chunk["data"]["B"]))
                for event in events:
                    if (event.id, event.name) == (event_id, name) and (
                        first <= utc_text(event.received_at) <= last
                    ):
                        return event
        return None

    def _put(self, positions: list[int], chunks: Sequence[Chunk]) -> dict[int, str]:
        at = {(chunks[position].person, chunks[position].id): position for position in positions}
        answer = batch_write_item(
            {self._table: [{"PutRequest": {"Item": _item(chunks[at[key]])}} for key in at]}
        )
        left: list[Any] = answer.get("UnprocessedItems", {}).get(self._table, [])
        unwritten = [write["PutRequest"]["Item"] for write in left]
        return {at[(item["pk"]["S"], item["sk"]["S"])]: UNPROCESSED for item in unwritten}

    def _newest(self, key: str, limit: int, at: datetime) -> list[TimelineEvent]:
        """The newest events, some perhaps twice."""
        events: list[TimelineEvent] = []
        pages = dynamodb_queries.pages(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": key}},
            ScanIndexForward=False,
        )
        for page in pages:
            for item in page:
                events += kept(bytes(item["data"]["B"]), int(item["expires_at"]["N"]), at)
            if len(latest_of(events, limit)) >= limit:
                break
        return events


def _item(chunk: Chunk) -> dict[str, Any]:
    return {
        "pk": {"S": chunk.person},
        "sk": {"S": chunk.id},
        "data": {"B": chunk.data},
        "expires_at": {"N": str(chunk.expires_at)},
    }
