"""TransactWriteItems: all or nothing, idempotent by its token.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import orjson

from simulation.aws.calls import AwsError
from simulation.aws.dynamodb.table import Row, Table
from simulation.aws.dynamodb.values import Item, invalid
from simulation.aws.dynamodb.writes import Write

MOST_ITEMS = 100
MOST_BYTES = 4 * 1024 * 1024
TOKEN_KEPT = 600.0
"""Seconds: after ten minutes, the same token is another request."""


class Transactions:
    def __init__(self, tables: Callable[[str], Table], now: Callable[[], float]) -> None:
        self._table, self._now = tables, now
        self._done: dict[str, tuple[float, bytes]] = {}

    def write(self, asked: dict[str, Any], in_conflict: Callable[[int], Collection[int]]) -> None:
        """`in_conflict` says which items another transaction is writing. Raises AwsError."""
        token = asked.get("ClientRequestToken")
        if token is not None and self._is_repeated(token, asked):
            return
        writes = [self._write(one) for one in asked["TransactItems"]]
        if not 1 <= len(writes) <= MOST_ITEMS:
            raise invalid(f"Member must have length less than or equal to {MOST_ITEMS}, and at least 1")
        if len({(write.table.name, write.key) for write in writes}) < len(writes):
            raise invalid("Transaction request cannot include multiple operations on one item")
        conflicts = in_conflict(len(writes))
        reasons: list[dict[str, Any]] = []
        rows: list[tuple[Item | None, Row | None]] = []
        for position, write in enumerate(writes):
            before = write.table.row(write.key)
            reason, after = {"Code": "None"}, before.item if before is not None else None
            row = before
            if position in conflicts:
                reason = {
                    "Code": "TransactionConflict",
                    "Message": "Transaction is ongoing for the item",
                }
            elif not write.allowed(before):
                reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
            elif write.kind != "ConditionCheck":
                try:
                    after = write.after(before)
                    row = write.table.checked(after) if after is not None else None
                except AwsError as error:
                    reason = {"Code": "ValidationError", "Message": error.message}
            reasons.append(reason)
            rows.append((after, row))
        if any(reason["Code"] != "None" for reason in reasons):
            codes = ", ".join(reason["Code"] for reason in reasons)
            raise AwsError(
                "TransactionCanceledException",
                f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
                CancellationReasons=reasons,
            )
        if sum(row.size for _, row in rows if row is not None) > MOST_BYTES:
            raise invalid("Transaction request exceeds the aggregate size limit of 4 MB")
        for write, (item, _) in zip(writes, rows, strict=True):
            if write.kind != "ConditionCheck":
                write.table.write(write.key, item)
        if token is not None:
            self._done[token] = (self._now(), _fingerprint(asked))

    def _is_repeated(self, token: str, asked: dict[str, Any]) -> bool:
        found = self._done.get(token)
        if found is None or self._now() - found[0] > TOKEN_KEPT:
            return False
        if found[1] != _fingerprint(asked):
            raise AwsError("IdempotentParameterMismatchException", "The token is that of another request")
        return True

    def _write(self, item: dict[str, Any]) -> Write:
        if len(item) != 1:
            raise invalid("TransactItems can only contain one of Check, Put, Update or Delete")
        [(kind, asked)] = item.items()
        return Write.of(kind, self._table(asked["TableName"]), asked)


def _fingerprint(asked: dict[str, Any]) -> bytes:
    return orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
