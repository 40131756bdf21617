"""What vendors answered to forwarded requests, in the tee table; kept for thirty days.

Records and tallies of a batch are written in one transaction, so each answer is counted once, even if SQS delivers its
request again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.runtime import RUNTIME
from shared.aws.tee.items import KEPT, SHARDS, item_of, tally_key
from shared.failures import Unavailable
from shared.ports.runtime import Pause
from shared.tee import Answer, Missed, Tally, tallied

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

ATTEMPTS = 6
FIRST_PAUSE = 0.05
"""Seconds before the second attempt at most; each further pause may be twice as long (full jitter)."""


class DynamoTeeLog:
    """`shared.ports.tee.TeeLog`, for at most 40 answers and 40 misses at a time. A transaction has at most 100 items:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

    def __init__(
        self, table: str, pause: Pause = RUNTIME.pause, draw: Callable[[], float] = RUNTIME.draw
    ) -> None:
        self._table = table
        self._pause = pause
        self._draw = draw

    def answered(self, requests: Collection[str]) -> set[str]:
        found: set[str] = set()
        left: Any = {self._table: self._asked(requests)} if requests else {}
        for attempt in range(ATTEMPTS):
            if not left:
                return found
            self._wait_before(attempt)
            with unavailable_when_failing():
                page = client("dynamodb").batch_get_item(RequestItems=left)
            found |= {item["pk"]["S"] for item in page["Responses"].get(self._table, [])}
            left = page.get("UnprocessedKeys")
        if left:
            raise Unavailable("some answers on record could not be read")
        return found

    def record(self, answers: Sequence[Answer], missed: Sequence[Missed]) -> None:
        left = list({answer.request: answer for answer in answers}.values())
        with unavailable_when_failing():
            for attempt in range(ATTEMPTS):
                if not left and not missed:
                    return
                self._wait_before(attempt)
                try:
                    client("dynamodb").transact_write_items(TransactItems=self._items(left, missed))
                except client("dynamodb").exceptions.TransactionCanceledException as error:
                    left = _not_yet_recorded(left, error)
                else:
                    return
        raise Unavailable("the answers could not be recorded: others are writing the same tallies")

    def _asked(self, requests: Collection[str]) -> dict[str, Any]:
        keys = [{"pk": {"S": request}} for request in sorted(requests)]
        return {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": "pk"}

    def _items(self, answers: Sequence[Answer], missed: Sequence[Missed]) -> list[TransactWriteItemTypeDef]:
        """The items of the transaction. The answers come first; `_not_yet_recorded` relies on that."""
        shard = int(self._draw() * SHARDS)
        records: list[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": item_of(answer),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for answer in answers
        ]
        return [*records, *(self._added(tally, shard) for tally in tallied(answers, missed))]

    def _added(self, tally: Tally, shard: int) -> TransactWriteItemTypeDef:
        counts = sorted(tally.counts.items())
        adds = ", ".join(f"#n{at} :n{at}" for at in range(len(counts)))
        midnight = datetime(tally.day.year, tally.day.month, tally.day.day, tzinfo=UTC)
        gone = midnight + KEPT + timedelta(days=1)
        return {
            "Update": {
                "TableName": self._table,
                "Key": tally_key(tally.source, tally.day, shard),
                "UpdateExpression": f"SET expires_at = :gone ADD {adds}",
                "ExpressionAttributeNames": {f"#n{at}": name for at, (name, _) in enumerate(counts)},
                "ExpressionAttributeValues": {
                    ":gone": {"N": str(int(gone.timestamp()))},
                    **{f":n{at}": {"N": str(count)} for at, (_, count) in enumerate(counts)},
                },
            }
        }

    def _wait_before(self, attempt: int) -> None:
        if attempt:
            self._pause(FIRST_PAUSE * 2**attempt)


def _not_yet_recorded(answers: Sequence[Answer], error: ClientError) -> list[Answer]:
    """The answers to try again. Raises the error unless some answers are already recorded, or other writers
    collided."""
    reasons = [reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])]
    if not {"ConditionalCheckFailed", "TransactionConflict"} & set(reasons):
        raise error
    return [
        answer for answer, reason in zip(answers, reasons, strict=False) if reason != "ConditionalCheckFailed"
    ]
