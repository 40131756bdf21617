"""The sparse index of profiles with a due timer, and the item with the progress of `sweep` in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from shared.aws import dynamodb_queries
from shared.aws.clients import client, unavailable_when_failing
from shared.events import utc_text
from shared.failures import Unavailable, VersionConflict
from shared.people.due import (
    JUST_BEFORE,
    DueProfile,
    Progress,
    ShardProgress,
    bucket,
    instant,
    is_claimed,
    minutes,
)

CURSOR = "#sweep"
"""The item's key in the profiles table; no identity key begins with a #."""

BEHIND = "!"
"""Appended to a place, it gives the smallest text after it. (A condition on a range includes both ends.)"""


MOST_SCANNED = 100
"""Pages of the index that are read for the soonest of all who are due: more than a million people."""


class DynamoDueProfiles:
    """`shared.ports.people.DueProfiles` over the profiles table and its index `due`."""

    def __init__(self, table: str) -> None:
        self._table = table

    def due(self, shard: int, after: str, until: str, limit: int) -> list[DueProfile]:
        found: list[DueProfile] = []
        if after >= until:  # DynamoDB refuses such a range
            return found
        for minute in minutes(after, until):
            found += self._partition(bucket(shard, minute), after, until, limit - len(found))
            if len(found) == limit:
                break
        return found

    def is_waiting(self, shard: int, place: str) -> bool:
        with unavailable_when_failing():
            answer = client("dynamodb").query(
                TableName=self._table,
                IndexName="due",
                KeyConditionExpression="due_bucket = :bucket and due_at = :place",
                ExpressionAttributeValues={
                    ":bucket": {"S": bucket(shard, instant(place))},
                    ":place": {"S": place},
                },
                Select="COUNT",
            )
        return answer["Count"] > 0

    def claim(self, now: datetime, until: datetime, first: datetime) -> Progress | None:
        with unavailable_when_failing():
            item = (
                client("dynamodb")
                .get_item(TableName=self._table, Key={"pk": {"S": CURSOR}}, ConsistentRead=True)
                .get("Item", {})
            )
        busy_until = datetime.fromisoformat(item["busy_until"]["S"]) if "busy_until" in item else None
        if is_claimed(busy_until, now, until):
            return None
        read = _progress(item) or Progress.starting(self.soonest(first))
        claimed = read._replace(version=read.version + 1)
        try:
            self._put(claimed, until, over=read.version)
        except VersionConflict:
            return None
        return claimed

    def soonest(self, first: datetime) -> datetime:
        """The index is read as a whole, once in a stack's life and after a wrong clock: to ask for each of the minutes
        since its beginning would take days. Beyond `MOST_SCANNED` pages, the soonest of those that were read counts."""
        soonest = first
        pages = client("dynamodb").get_paginator("scan")
        with unavailable_when_failing():
            found = pages.paginate(TableName=self._table, IndexName="due", ProjectionExpression="due_at")
            for page in islice(found, MOST_SCANNED):
                places = (instant(item["due_at"]["S"]) - JUST_BEFORE for item in page["Items"])
                soonest = min(soonest, *places) if page["Items"] else soonest
        return soonest

    def save(self, progress: Progress, until: datetime | None) -> None:
        self._put(progress, until, over=progress.version)

    def _put(self, progress: Progress, busy_until: datetime | None, *, over: int) -> None:
        item: dict[str, Any] = {
            "pk": {"S": CURSOR},
            "version": {"N": str(progress.version)},
            "shards": {"L": [{"L": [{"S": place} for place in shard]} for shard in progress.shards]},
            "samples": {"S": json.dumps(progress.samples)},
        }
        if progress.sampled_at is not None:
            item["sampled_at"] = {"S": utc_text(progress.sampled_at)}
        if busy_until is not None:
            item["busy_until"] = {"S": utc_text(busy_until)}
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(version)"}
        if over:
            condition = {
                "ConditionExpression": "version = :over",
                "ExpressionAttributeValues": {":over": {"N": str(over)}},
            }
        try:
            with unavailable_when_failing():
                client("dynamodb").put_item(TableName=self._table, Item=item, **condition)
        except Unavailable as failure:
            error = failure.__cause__
            if (
                isinstance(error, ClientError)
                and error.response["Error"]["Code"] == "ConditionalCheckFailedException"
            ):
                raise VersionConflict("another round has claimed the sweep") from error
            raise

    def _partition(self, partition: str, after: str, until: str, limit: int) -> Iterator[DueProfile]:
        """Soonest first, and no more than `limit`, because many people may be due within one minute."""
        items = dynamodb_queries.items(
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_bucket = :bucket and due_at between :behind and :until",
            ExpressionAttributeValues={
                ":bucket": {"S": partition},
                ":behind": {"S": after + BEHIND},
                ":until": {"S": until},
            },
            ProjectionExpression="pk, due_at",
            PaginationConfig={"MaxItems": limit, "PageSize": limit},
        )
        return (DueProfile(item["pk"]["S"], item["due_at"]["S"]) for item in items)


def _progress(item: dict[str, Any]) -> Progress | None:
    """None if there was no round yet."""
    if "shards" not in item and "cursor" in item:  # as it was written before shards had places of their own
        return Progress.starting(datetime.fromisoformat(item["cursor"]["S"]))
    if "shards" not in item:
        return None
    return Progress(
        shards=tuple(ShardProgress(*(place["S"] for place in shard["L"])) for shard in item["shards"]["L"]),
        samples=tuple((shard, place) for shard, place in json.loads(item["samples"]["S"])),
        sampled_at=datetime.fromisoformat(item["sampled_at"]["S"]) if "sampled_at" in item else None,
        version=int(item["version"]["N"]),
    )
