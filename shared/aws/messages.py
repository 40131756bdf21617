"""The message log in DynamoDB: one item per message, and one per channel and day that counts money.

A claim is `requested` with `claimed_until`; without it the message waits in its queue. `claim` is a token of one
call, by which a claim whose answer was lost, and which was therefore repeated, is known as our own.
"""

from __future__ import annotations

import heapq
import itertools
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.daily_spend import microusd, spending
from shared.aws.message_items import item_of, logged
from shared.events import utc_text
from shared.messages import MessageRequest, Status, Why
from shared.ports import LoggedMessage, SpendCapReached, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, UpdateTypeDef

BY_PERSON, BY_DAY = "by_person", "by_day"
"""The indexes: person or UTC day of the request, then the time of the request."""

ATTEMPTS = 6
FIRST_PAUSE = 0.02
"""Seconds, doubled with each attempt: for claims that collide on the day's sum."""

FREE = "attribute_not_exists(pk) OR (#status = :requested AND attribute_not_exists(claimed_until))"
"""Nobody has claimed the message, and nothing was decided about it."""


class DynamoMessages:
    """`shared.ports.Messages` over the messages table."""

    def __init__(
        self,
        table: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table = table
        self._clock = clock
        self._sleep = sleep

    def claim(
        self,
        request: MessageRequest,
        *,
        to: str,
        until: datetime,
        at: datetime,
        spend_usd: float,
        cap_usd: float,
        instead_of: LoggedMessage | None = None,
    ) -> LoggedMessage | None:
        token = uuid.uuid4().hex
        item = item_of(request, Status.REQUESTED, at) | {
            "to": {"S": to}, "claimed_until": {"S": utc_text(until)}, "claim": {"S": token},
        }  # fmt: skip
        put = self._put_if_free(item, instead_of)
        spend, cap = microusd(spend_usd), microusd(cap_usd)
        with unavailable_when_failing():
            try:
                if spend and instead_of is None:  # the claim that expired has been counted
                    self._put_and_spend(put, spending(self._table, request.channel, at, spend, cap))
                else:
                    client("dynamodb").put_item(**put)
            except ClientError as error:
                if _code(error) == "ConditionalCheckFailedException":
                    return self._standing(request.id, token)
                raise
            except _Claimed:
                return self._standing(request.id, token)
        return None

    def release(self, request: MessageRequest, *, at: datetime, spend_usd: float) -> None:
        unclaim: UpdateTypeDef = {
            "TableName": self._table,
            "Key": {"pk": {"S": request.id}},
            "UpdateExpression": "SET updated_at = :at REMOVE claimed_until, claim",
            "ConditionExpression": "#status = :requested AND attribute_exists(claimed_until)",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {":requested": {"S": Status.REQUESTED}, ":at": {"S": utc_text(at)}},
        }
        spend = microusd(spend_usd)
        with unavailable_when_failing():
            try:
                if spend:
                    back = spending(self._table, request.channel, at, -spend, None)
                    client("dynamodb").transact_write_items(
                        TransactItems=[{"Update": unclaim}, {"Update": back}]
                    )
                else:
                    client("dynamodb").update_item(**unclaim)
            except ClientError as error:
                if not _refused_by_condition(error):
                    raise

    def decline(
        self, request: MessageRequest, *, status: Status, reason: Why, to: str | None, at: datetime
    ) -> LoggedMessage | None:
        item = item_of(request, status, at) | {"reason": {"S": reason}}
        if to is not None:
            item["to"] = {"S": to}
        with unavailable_when_failing():
            try:
                client("dynamodb").put_item(**self._put_if_free(item, None))
            except ClientError as error:
                if _code(error) == "ConditionalCheckFailedException":
                    return self._standing(request.id, None)
                raise
        return None

    def record(
        self,
        request: MessageRequest,
        *,
        status: Status,
        reason: Why | None,
        to: str | None,
        provider_id: str | None,
        at: datetime,
    ) -> None:
        outcome = {
            "reason": reason,
            "to": to,
            "provider_id": provider_id,
            "status": status,
            "updated_at": utc_text(at),
        }
        known = {name: value for name, value in outcome.items() if value is not None}
        changes = ", ".join(f"#{name} = :_{name}" for name in known)
        no_reason = "" if reason else ", reason"
        final = "" if status is Status.DELIVERED else " AND NOT #status IN (:sent, :delivered)"
        values: dict[str, Any] = {f":_{name}": {"S": value} for name, value in known.items()}
        if final:
            values |= {":sent": {"S": Status.SENT}, ":delivered": {"S": Status.DELIVERED}}
        with unavailable_when_failing():
            try:
                client("dynamodb").update_item(
                    TableName=self._table,
                    Key={"pk": {"S": request.id}},
                    UpdateExpression=f"SET {changes} REMOVE claimed_until, claim{no_reason}",
                    ConditionExpression=f"attribute_exists(pk){final}",
                    ExpressionAttributeNames={f"#{name}": name for name in known},
                    ExpressionAttributeValues=values,
                )
            except ClientError as error:
                if not _refused_by_condition(error):
                    raise

    def of_person(self, keys: Iterable[str], limit: int) -> list[LoggedMessage]:
        found = [self._newest(BY_PERSON, "person", key, limit, "") for key in dict.fromkeys(keys)]
        return _first(limit, found)

    def latest(self, limit: int, since: datetime) -> list[LoggedMessage]:
        found: list[LoggedMessage] = []
        day, first = self._clock().astimezone(UTC).date(), since.astimezone(UTC).date()
        while day >= first and len(found) < limit:
            found += itertools.islice(
                self._newest(BY_DAY, "day", day.isoformat(), limit, utc_text(since)), limit - len(found)
            )
            day -= timedelta(days=1)
        return found

    def _put_if_free(self, item: dict[str, Any], instead_of: LoggedMessage | None) -> PutTypeDef:
        condition, values = FREE, {":requested": {"S": str(Status.REQUESTED)}}
        if instead_of is not None:
            condition = "#status = :stood AND updated_at = :since"
            values = {
                ":stood": {"S": str(instead_of.status)},
                ":since": {"S": utc_text(instead_of.updated_at)},
            }
        return {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": values,
        }

    def _put_and_spend(self, put: PutTypeDef, spend: UpdateTypeDef) -> None:
        """Raises _Claimed or SpendCapReached when a condition does not hold.

        All claims of a channel add to the same item: those that collide are tried again.
        """
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(random.uniform(0, FIRST_PAUSE * 2**attempt))
            try:
                client("dynamodb").transact_write_items(TransactItems=[{"Put": put}, {"Update": spend}])
            except ClientError as error:
                claimed, spent = [*_reasons(error), "", ""][:2]
                if claimed == "ConditionalCheckFailed":
                    raise _Claimed from error
                if spent == "ConditionalCheckFailed":
                    raise SpendCapReached("the channel's cap for the day") from error
                if "TransactionConflict" not in (claimed, spent) or attempt == ATTEMPTS - 1:
                    raise
            else:
                return

    def _standing(self, message: str, token: str | None) -> LoggedMessage | None:
        """How the message stands; None when the claim is the one of this token."""
        found = client("dynamodb").get_item(
            TableName=self._table, Key={"pk": {"S": message}}, ConsistentRead=True
        )
        item = found.get("Item")
        if item is None:
            raise Unavailable(f"message {message} was there a moment ago")
        return None if token is not None and item.get("claim") == {"S": token} else logged(item)

    def _newest(self, index: str, key: str, value: str, limit: int, since: str) -> Iterator[LoggedMessage]:
        start: dict[str, Any] = {}
        while True:
            with unavailable_when_failing():
                page = client("dynamodb").query(
                    TableName=self._table,
                    IndexName=index,
                    KeyConditionExpression="#key = :key AND requested_at >= :since",
                    ExpressionAttributeNames={"#key": key},
                    ExpressionAttributeValues={":key": {"S": value}, ":since": {"S": since or "0"}},
                    ScanIndexForward=False,
                    Limit=limit,
                    **start,
                )
            yield from map(logged, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


class _Claimed(Exception):
    """The message is not free."""


def _first(limit: int, found: list[Iterator[LoggedMessage]]) -> list[LoggedMessage]:
    newest = heapq.merge(*found, key=lambda message: message.requested_at, reverse=True)
    return list(itertools.islice(newest, limit))


def _code(error: ClientError) -> str:
    return error.response["Error"].get("Code", "")


def _reasons(error: ClientError) -> list[str]:
    """Why each item of a cancelled transaction was refused."""
    return [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]


def _refused_by_condition(error: ClientError) -> bool:
    return (
        _code(error) == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in _reasons(error)[:1]
    )
