"""Rejected events in DynamoDB: one item per request, compressed, under its day and one of eight shards.

Request ids begin with a UUIDv7, so a shard's items sort by time. What is too large for an item is in S3, under the same
name. DynamoDB deletes the items, and the bucket the objects, after the workspace's `rejected_days`.
"""

from __future__ import annotations

import heapq
import logging
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.aws import dynamodb_queries
from shared.aws.clients import client, unavailable_when_failing
from shared.aws.tables.rejected_items import decoded
from shared.events import DOCTOR, utc_text
from shared.failures import Unavailable, Unwritten
from shared.rejected import Dropped, RejectedEvent, RejectedRequest, listed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

logger = logging.getLogger(__name__)

LARGEST_ITEM = 350 * 1024
"""Bytes of `data`. An item holds 400 KB, and the times of replays need room too:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

SHARDS = 8
UUID_CHARACTERS = 36

MOST_MARKS = 50
"""Events marked in one call. An expression has at most 4 KB, and an event adds about 60 bytes to it:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


class DynamoRejected:
    """`shared.ports.rejected.Rejected` over the rejected table, and the workspace bucket for large requests."""

    def __init__(
        self, table: str, bucket: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._table = table
        self._bucket = bucket
        self._clock = clock

    def put(self, requests: Sequence[RejectedRequest]) -> Unwritten:
        """Store the requests. One that is already there stays unchanged, with the marks of its replays."""
        failed: list[int] = []
        refused: list[int] = []
        for position, request in enumerate(requests):
            try:
                with unavailable_when_failing():
                    self._put(request)
            except (Unavailable, ValueError) as error:  # the client has tried again already
                logger.warning("rejected events not written: %s", type(error).__name__)
                (failed if type(error) is Unavailable else refused).append(position)
        return Unwritten(failed, refused)

    def latest(self, limit: int, since: datetime, *, with_dropped: bool = False) -> list[RejectedEvent]:
        """The latest events, newest first. Days and shards are read only until `limit` is reached. The doctor's events
        are left out."""
        events: list[RejectedEvent] = []
        with unavailable_when_failing():
            for item in self._newest(since):
                if (request := decoded(item, self._bucket)) is not None and request.source != DOCTOR:
                    events += (one for one in listed(request) if with_dropped or not one.is_put_aside)
                if len(events) >= limit:
                    break
        return events[:limit]

    def request(self, request: str) -> RejectedRequest | None:
        with unavailable_when_failing():
            answer = client("dynamodb").get_item(
                TableName=self._table, Key=_key(request), ConsistentRead=True
            )
            return decoded(answer["Item"], self._bucket) if "Item" in answer else None

    def mark(self, request: str, replayed: Mapping[int, datetime]) -> None:
        """Note when events were replayed, as index → time. The first time of an event stays, so marking it twice does
        no harm.

        Raises LookupError when the request is gone.
        """
        marks = list(replayed.items())
        for start in range(0, len(marks), MOST_MARKS):
            self._mark(request, marks[start : start + MOST_MARKS])

    def drop(self, request: str, indexes: Sequence[int], dropped: Dropped) -> None:
        """Note who dropped which events. The indexes are a set of numbers, so ten thousand of them fit beside `data`,
        and adding one twice changes nothing.

        Raises LookupError when the request is gone.
        """
        with unavailable_when_failing():
            try:
                client("dynamodb").update_item(
                    TableName=self._table,
                    Key=_key(request),
                    UpdateExpression="ADD dropped :indexes SET dropped_at = :at, dropped_by = :by",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeValues={
                        ":indexes": {"NS": [str(index) for index in indexes]},
                        ":at": {"S": utc_text(dropped.at)},
                        ":by": {"S": dropped.by},
                    },
                )
            except client("dynamodb").exceptions.ConditionalCheckFailedException as error:
                raise LookupError(f"the rejected request {request} is gone") from error

    def _mark(self, request: str, marks: Sequence[tuple[int, datetime]]) -> None:
        sets = ", ".join(
            f"replayed.#i{index} = if_not_exists(replayed.#i{index}, :t{index})" for index, _ in marks
        )
        with unavailable_when_failing():
            try:
                client("dynamodb").update_item(
                    TableName=self._table,
                    Key=_key(request),
                    UpdateExpression=f"SET {sets}",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeNames={f"#i{index}": str(index) for index, _ in marks},
                    ExpressionAttributeValues={f":t{index}": {"S": utc_text(at)} for index, at in marks},
                )
            except client("dynamodb").exceptions.ConditionalCheckFailedException as error:
                raise LookupError(f"the rejected request {request} is gone") from error

    def _put(self, request: RejectedRequest) -> None:
        data = zlib.compress(request.model_dump_json().encode(), 6)
        item: dict[str, Any] = {
            **_key(request.request),
            "expires_at": {"N": str(request.expires_at)},
            "replayed": {"M": {}},
        }
        if len(data) <= LARGEST_ITEM:
            item["data"] = {"B": data}
        else:
            item["s3"] = {"S": f"rejected/{request.request}.json.z"}
            client("s3").put_object(Bucket=self._bucket, Key=item["s3"]["S"], Body=data)
        with suppress(client("dynamodb").exceptions.ConditionalCheckFailedException):
            client("dynamodb").put_item(
                TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )

    def _newest(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Items from now back to `since`, newest first."""
        day = self._clock().astimezone(UTC).date()
        while day >= since.astimezone(UTC).date():
            shards = [self._shard(f"{day:%Y-%m-%d}#{shard}", since) for shard in range(SHARDS)]
            yield from heapq.merge(*shards, key=lambda item: str(item["sk"]["S"]), reverse=True)
            day -= timedelta(days=1)

    def _shard(self, pk: str, since: datetime) -> Iterator[dict[str, Any]]:
        return dynamodb_queries.items(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk >= :since",
            ExpressionAttributeValues={":pk": {"S": pk}, ":since": {"S": first_uuid(since)}},
            ScanIndexForward=False,
        )


def _key(request: str) -> dict[str, AttributeValueTypeDef]:
    """Raises ValueError when the id does not begin with a UUID."""
    uuid = UUID(request[:UUID_CHARACTERS])
    day = datetime.fromtimestamp((uuid.int >> 80) / 1000, UTC)
    return {"pk": {"S": f"{day:%Y-%m-%d}#{uuid.int % SHARDS}"}, "sk": {"S": request}}


def first_uuid(at: datetime) -> str:
    """The smallest UUIDv7 of this millisecond: all that are made then or later sort after it."""
    digits = f"{int(at.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"
