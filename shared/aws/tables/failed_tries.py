"""How often a record failed for its content, and whether it has a dead letter by now: a small item beside the rejected
events. The item expires when the stream has deleted the record. Nothing is read or written while nothing fails.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from shared.aws.clients import client, unavailable_when_failing
from shared.aws.tables.rejected_items import TRIES
from shared.records import RETENTION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


class DynamoFailedTries:
    """`shared.ports.streams.FailedTries` over the rejected table, under keys that no day of rejected events uses."""

    def __init__(self, table: str) -> None:
        self._table = table

    def add(self, name: str, at: datetime) -> int:
        with unavailable_when_failing():
            answer = client("dynamodb").update_item(
                TableName=self._table,
                Key=_key(name),
                UpdateExpression="SET expires_at = :gone ADD tries :one",
                ExpressionAttributeValues={":gone": _gone(at), ":one": {"N": "1"}},
                ReturnValues="UPDATED_NEW",
            )
            return int(answer["Attributes"]["tries"]["N"])

    def note_dead_letter(self, name: str, at: datetime) -> None:
        with unavailable_when_failing():
            client("dynamodb").update_item(
                TableName=self._table,
                Key=_key(name),
                UpdateExpression="SET expires_at = :gone, dead_letter = :yes",
                ExpressionAttributeValues={":gone": _gone(at), ":yes": {"BOOL": True}},
            )

    def has_dead_letter(self, name: str) -> bool:
        with unavailable_when_failing():
            found = client("dynamodb").get_item(TableName=self._table, Key=_key(name), ConsistentRead=True)
        return "dead_letter" in found.get("Item", {})


def _key(name: str) -> dict[str, AttributeValueTypeDef]:
    return {"pk": {"S": f"failed#{name}"}, "sk": {"S": TRIES}}


def _gone(at: datetime) -> AttributeValueTypeDef:
    return {"N": str(int((at + RETENTION).timestamp()))}
