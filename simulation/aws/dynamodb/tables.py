"""The tables of an account, and the calls to them.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from simulation.aws.behaviour import Behaviour
from simulation.aws.calls import Answer, AwsError, Call, Untaken, only, unknown_operation
from simulation.aws.dynamodb import batches
from simulation.aws.dynamodb.index import Index
from simulation.aws.dynamodb.queries import projection, query
from simulation.aws.dynamodb.scans import scan
from simulation.aws.dynamodb.table import Table
from simulation.aws.dynamodb.tokens import check_all_used
from simulation.aws.dynamodb.transactions import Transactions
from simulation.aws.dynamodb.updates import update
from simulation.aws.dynamodb.values import Item
from simulation.aws.dynamodb.writes import Write, done

KEYED = frozenset({"TableName", "Key", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"})
CONDITIONAL = frozenset({"ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"})
PUT = CONDITIONAL | {"TableName", "Item"}
UPDATE = CONDITIONAL | {"TableName", "Key", "UpdateExpression", "ReturnValues"}
DELETE = CONDITIONAL | {"TableName", "Key"}
QUERY = frozenset(
    {
        "TableName", "IndexName", "KeyConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues",
        "ProjectionExpression", "ScanIndexForward", "Limit", "ExclusiveStartKey", "Select", "ConsistentRead",
    }
)  # fmt: skip
SCAN = frozenset(
    {"TableName", "IndexName", "ExpressionAttributeNames", "ProjectionExpression", "ExclusiveStartKey"}
)


class Tables:
    """`shared.aws.tables`, `shared.aws.messages` and `shared.aws.tee` ask it."""

    def __init__(
        self, *, now: Callable[[], float], draw: random.Random, behaviour: Behaviour, untaken: Untaken
    ) -> None:
        self._now, self._draw, self._behaviour, self._untaken = now, draw, behaviour, untaken
        self._tables: dict[str, Table] = {}
        self._transactions = Transactions(self.table, now)
        self._operations: dict[str, Callable[[Call], Answer]] = {
            "GetItem": self._get,
            "PutItem": self._put,
            "UpdateItem": self._update,
            "DeleteItem": self._delete,
            "Query": self._query,
            "Scan": self._scan,
            "BatchGetItem": lambda call: batches.read(call.asked, self.table, self._left(call)),
            "BatchWriteItem": lambda call: batches.write(call.asked, self.table, self._left(call)),
            "TransactWriteItems": self._transact,
        }

    def create(
        self,
        name: str,
        *,
        sort_key: str | None = None,
        indexes: Mapping[str, Index] | None = None,
        expires: str | None = None,
        stream: bool = False,
    ) -> Table:
        """`expires` is the attribute with the time to live. With `stream`, the table emits its changes."""
        table = Table(
            name,
            now=self._now,
            draw=self._draw,
            behaviour=self._behaviour,
            sort_key=sort_key,
            indexes=indexes or {},
            expires=expires,
            stream=stream,
        )
        self._tables[name] = table
        return table

    def delete(self, name: str) -> None:
        """The table is gone, with all items."""
        del self._tables[name]

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def __iter__(self) -> Any:
        return iter(self._tables)

    def items(self, name: str) -> list[Item]:
        return self._tables[name].items()

    def table(self, name: str) -> Table:
        """Raises AwsError if there is none."""
        found = self._tables.get(name.rpartition("/")[2])
        if found is None:
            raise AwsError("ResourceNotFoundException", "Requested resource not found")
        return found

    def answer(self, call: Call) -> Answer:
        operation = self._operations.get(call.operation)
        if operation is None:
            raise unknown_operation(call)
        return operation(call)

    def _left(self, call: Call) -> batches.Taken:
        return lambda count: self._untaken(call, count)

    def _get(self, call: Call) -> Answer:
        only(call, KEYED)
        asked = call.asked
        check_all_used(asked, asked.get("ProjectionExpression", ""))
        table = self.table(asked["TableName"])
        key = table.key_of(asked["Key"], whole=True)
        row = table.row(key, consistent=asked.get("ConsistentRead", False))
        return {"Item": projection(asked)(row.item)} if row is not None else {}

    def _put(self, call: Call) -> Answer:
        only(call, PUT)
        done(Write.of("Put", self.table(call.asked["TableName"]), call.asked))
        return {}

    def _delete(self, call: Call) -> Answer:
        only(call, DELETE)
        done(Write.of("Delete", self.table(call.asked["TableName"]), call.asked))
        return {}

    def _update(self, call: Call) -> Answer:
        only(call, UPDATE)
        asked = call.asked
        _, after = done(Write.of("Update", self.table(asked["TableName"]), asked))
        wanted = asked.get("ReturnValues", "NONE")
        if wanted == "NONE" or after is None:
            return {}
        if wanted != "UPDATED_NEW":
            raise NotImplementedError(f"UpdateItem that returns {wanted}")
        paths = update(asked["UpdateExpression"]).paths(asked.get("ExpressionAttributeNames", {}))
        if any(len(path) > 1 for path in paths):
            raise NotImplementedError("UpdateItem that returns attributes within maps")
        return {"Attributes": {path[0]: after[path[0]] for path in paths if path[0] in after}}

    def _query(self, call: Call) -> Answer:
        only(call, QUERY)
        return query(call.asked, self.table(call.asked["TableName"]))

    def _scan(self, call: Call) -> Answer:
        only(call, SCAN)
        return scan(call.asked, self.table(call.asked["TableName"]))

    def _transact(self, call: Call) -> Answer:
        only(call, frozenset({"TransactItems", "ClientRequestToken"}))
        self._transactions.write(call.asked, self._left(call))
        return {}
