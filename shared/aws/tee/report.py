"""The tee's report for people: tallies per day, and the requests where Headrace and a vendor differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from shared.aws import dynamodb_queries
from shared.aws.clients import client, unavailable_when_failing
from shared.aws.tee.items import DIFFERENCES, SHARDS, answer_of, summed, tally_key
from shared.failures import Unavailable
from shared.tee import Answer, Tally

MOST_KEYS = 100
"""Keys of one BatchGetItem: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

ATTEMPTS = 5


class DynamoTeeReport:
    """`shared.ports.tee.TeeReport`."""

    def __init__(self, table: str) -> None:
        self._table = table

    def tallies(self, source: str, days: Sequence[date]) -> list[Tally]:
        keys = [tally_key(source, day, shard) for day in days for shard in range(SHARDS)]
        items: list[dict[str, Any]] = []
        for start in range(0, len(keys), MOST_KEYS):
            items += self._read(keys[start : start + MOST_KEYS])
        return summed(source, items)

    def differences(self, source: str, limit: int) -> list[Answer]:
        return list(islice(self._newest(source), limit))

    def _newest(self, source: str) -> Iterator[Answer]:
        items = dynamodb_queries.items(
            TableName=self._table,
            IndexName=DIFFERENCES,
            KeyConditionExpression="differs = :source",
            ExpressionAttributeValues={":source": {"S": source}},
            ScanIndexForward=False,
        )
        return map(answer_of, items)

    def _read(self, keys: Sequence[Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        left: Any = {self._table: {"Keys": keys}}
        for _ in range(ATTEMPTS):
            with unavailable_when_failing():
                page = client("dynamodb").batch_get_item(RequestItems=left)
            found += page["Responses"].get(self._table, [])
            left = page.get("UnprocessedKeys")
            if not left:
                return found
        raise Unavailable("DynamoDB did not answer for every tally")
