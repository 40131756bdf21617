"""The sparse index of profiles that want attention, and the cursor that says how far `sweep` has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.profiles import DUE_SHARDS
from shared.events import utc_text

CURSOR = "#sweep"
"""The cursor's key in the profiles table; no identity key begins with a #."""


class DynamoDueProfiles:
    """`shared.ports.DueProfiles` over the profiles table and its index `due`."""

    def __init__(self, table: str) -> None:
        self._table = table

    def due(self, since: datetime, until: datetime, limit: int) -> list[tuple[str, datetime]]:
        found: list[tuple[str, datetime]] = []
        minute = since.replace(second=0, microsecond=0)
        while minute <= until and len(found) < limit:
            for shard in range(DUE_SHARDS):
                found += self._partition(f"{minute:%Y-%m-%dT%H:%M}#{shard}", until, limit)
            minute += timedelta(minutes=1)
        return sorted(found, key=lambda due: due[1])[:limit]

    def cursor(self) -> datetime | None:
        with unavailable_when_failing():
            item = (
                client("dynamodb")
                .get_item(TableName=self._table, Key={"pk": {"S": CURSOR}}, ConsistentRead=True)
                .get("Item")
            )
        return datetime.fromisoformat(item["cursor"]["S"]) if item else None

    def advance(self, cursor: datetime) -> None:
        with unavailable_when_failing():
            client("dynamodb").put_item(
                TableName=self._table, Item={"pk": {"S": CURSOR}, "cursor": {"S": utc_text(cursor)}}
            )

    def _partition(self, bucket: str, until: datetime, limit: int) -> Iterator[tuple[str, datetime]]:
        """Soonest first, and no more than `limit`: a crowd may be due within one minute."""
        pages = (
            client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_bucket = :bucket and due_at <= :until",
                ExpressionAttributeValues={":bucket": {"S": bucket}, ":until": {"S": utc_text(until)}},
                ProjectionExpression="pk, due_at",
                PaginationConfig={"MaxItems": limit, "PageSize": limit},
            )
        )
        with unavailable_when_failing():
            for page in pages:
                for item in page["Items"]:
                    yield _due(item)


def _due(item: dict[str, Any]) -> tuple[str, datetime]:
    return item["pk"]["S"], datetime.fromisoformat(item["due_at"]["S"])
