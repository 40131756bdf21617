"""A write of one item, as PutItem, UpdateItem, DeleteItem and transactions have it: its condition, and its effect.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

from simulation.aws.calls import AwsError
from simulation.aws.dynamodb.conditions import condition
from simulation.aws.dynamodb.table import Key, Row, Table
from simulation.aws.dynamodb.tokens import check_all_used
from simulation.aws.dynamodb.updates import update
from simulation.aws.dynamodb.values import Item, checked, invalid

CONDITION_FAILED = "ConditionalCheckFailedException"


class Write(NamedTuple):
    """`kind` is `Put`, `Update`, `Delete` or `ConditionCheck`; `asked` is what the call says of this item."""

    kind: str
    table: Table
    key: Key
    asked: dict[str, Any]

    @classmethod
    def of(cls, kind: str, table: Table, asked: dict[str, Any]) -> Write:
        """Raises AwsError for what is refused whatever the item is."""
        if kind == "Put":
            item: Item = asked["Item"]
            key = table.key_of(item)
            checked(item)
        else:
            key = table.key_of(asked["Key"], whole=True)
        if "ExpressionAttributeNames" in asked or "ExpressionAttributeValues" in asked:
            if "ExpressionAttributeValues" in asked:
                checked(asked["ExpressionAttributeValues"])
            check_all_used(asked, asked.get("ConditionExpression", ""), asked.get("UpdateExpression", ""))
        return cls(kind, table, key, asked)

    def allowed(self, before: Row | None) -> bool:
        """Whether its condition holds for what is there."""
        expression = self.asked.get("ConditionExpression")
        if expression is None:
            return True
        names, values = self._placeholders()
        return condition(expression)(before.item if before is not None else {}, names, values)

    def after(self, before: Row | None) -> Item | None:
        """The item afterwards; None if there is none. Raises AwsError for what cannot be."""
        if self.kind == "Put":
            put: Item = self.asked["Item"]
            return put
        if self.kind == "Delete":
            return None
        item: Item = before.item if before is not None else dict(self.asked["Key"])
        if "UpdateExpression" not in self.asked:
            return item
        names, values = self._placeholders()
        parsed = update(self.asked["UpdateExpression"])
        for path in parsed.paths(names):
            if path[0] in self.table.key_names:
                raise invalid(
                    f"One or more parameter values were invalid: Cannot update attribute {path[0]}. This attribute is "
                    "part of the key"
                )
        return parsed.applied(item, names, values)

    def _placeholders(self) -> tuple[dict[str, str], Item]:
        return self.asked.get("ExpressionAttributeNames", {}), self.asked.get("ExpressionAttributeValues", {})


def done(write: Write) -> tuple[Row | None, Item | None]:
    """Do it. The item before and after. Raises AwsError if its condition does not hold."""
    before = write.table.row(write.key)
    if not write.allowed(before):
        raise AwsError(CONDITION_FAILED, "The conditional request failed")
    after = write.after(before)
    write.table.write(write.key, after)
    return before, after
